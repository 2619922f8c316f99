namespace Whirr.Torture.Faults;

/// <summary>Nothing but the death of the daemon.</summary>
internal sealed class NoTrouble : ITrouble, ISurgery
{
    public Task BeginAsync(Scene scene, Dice dice) => Task.CompletedTask;

    public Task EndAsync(Scene scene) => Task.CompletedTask;

    public Task OperateAsync(Scene scene, Dice dice) => Task.CompletedTask;
}

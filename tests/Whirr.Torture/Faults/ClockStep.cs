namespace Whirr.Torture.Faults;

/// <summary>Somebody sets the clock, also of what runs already. It stays so until the next step.</summary>
internal sealed class ClockStep : ITrouble, ISurgery
{
    private static readonly TimeSpan[] Offsets =
    [
        TimeSpan.Zero, TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.FromMinutes(30), TimeSpan.FromHours(-1), TimeSpan.FromDays(400), TimeSpan.FromSeconds(-5),
    ];

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 300);
        scene.Clock.Set(dice.Pick(Offsets));
        scene.Deeds.Count("clock step");
    }

    public Task EndAsync(Scene scene) => Task.CompletedTask;

    public Task OperateAsync(Scene scene, Dice dice) => BeginAsync(scene, dice);
}

namespace Whirr.Torture.Faults;

/// <summary>No death: what goes wrong around it must be survived.</summary>
internal sealed class LiveOn : IDeath
{
    public string? FaultPoint => null;

    public Task DieAsync(Scene scene, Dice dice) => Scene.PassAsync(dice, 700);
}

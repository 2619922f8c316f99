namespace Whirr.Torture.Faults;

/// <summary>kill -9 at any moment.</summary>
internal sealed class KillAtRandom : IDeath
{
    public string? FaultPoint => null;

    public async Task DieAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 500);
        await scene.Daemon.KillAsync();
        scene.Deeds.Count("kill -9 whirrd");
    }
}

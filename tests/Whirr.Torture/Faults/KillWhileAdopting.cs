namespace Whirr.Torture.Faults;

/// <summary>The next daemon dies, too, while it looks for what the last one left.</summary>
internal sealed class KillWhileAdopting : ISurgery
{
    public async Task OperateAsync(Scene scene, Dice dice)
    {
        await scene.Daemon.StartAsync($"DuringAdoption:{dice.Number(1, 3)}");
        await Scene.PassAsync(dice, 100);
        await scene.Daemon.KillAsync();
        scene.Deeds.Count("kill -9 whirrd");
        scene.Deeds.Count("  while it adopts");
    }
}

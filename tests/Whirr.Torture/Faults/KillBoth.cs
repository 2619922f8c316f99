using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>kill -9 of the daemon and of keepers at the same moment, in either order.</summary>
internal sealed class KillBoth : IDeath
{
    public string? FaultPoint => null;

    public async Task DieAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 500);
        var victims = KeeperKill.Choose(Keepers.Find(scene.Place), dice);
        var daemonFirst = dice.Chance(50);
        var killed = daemonFirst ? scene.Daemon.KillAsync() : Task.CompletedTask;
        foreach (var keeper in victims)
        {
            KeeperKill.Kill(scene, keeper, stopFirst: false);
        }

        await killed;
        await scene.Daemon.KillAsync();
        scene.Deeds.Count("kill -9 whirrd");
        scene.Deeds.Count("  together with keepers");
    }
}

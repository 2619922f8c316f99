using Whirr.Linux.Processes;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>SIGSTOP of keepers for a while: they are alive and silent, and must not be taken for dead.</summary>
internal sealed class KeeperStop : ITrouble
{
    private readonly List<LiveKeeper> _stopped = [];

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 200);
        foreach (var keeper in dice.Chance(30) ? Keepers.Find(scene.Place) : KeeperKill.Choose(Keepers.Find(scene.Place), dice))
        {
            _ = ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Stop);
            scene.Deeds.Count("SIGSTOP keeper");
            _stopped.Add(keeper);
        }

        await Scene.PassAsync(dice, 800);
    }

    public Task EndAsync(Scene scene)
    {
        foreach (var keeper in _stopped.Where(keeper => Keepers.IsThere(keeper.Facts.KeeperPid, keeper.Facts.KeeperStartTicks)))
        {
            _ = ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Continue);
        }

        return Task.CompletedTask;
    }
}

using Whirr.Linux.Processes;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>SIGTERM to keepers, as a machine that shuts down sends it.</summary>
internal sealed class KeeperTerm : ITrouble
{
    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 300);
        foreach (var keeper in KeeperKill.Choose(Keepers.Find(scene.Place), dice))
        {
            scene.Deeds.EndedKeeper(keeper.Key, surely: false);
            scene.Deeds.Count("SIGTERM keeper");
            _ = ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Terminate);
        }
    }

    public Task EndAsync(Scene scene) => Task.CompletedTask;
}

using Whirr.Linux.Processes;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>kill -9 or a segmentation fault of the job itself, by somebody who is not whirr.</summary>
internal sealed class CommandKill : ITrouble
{
    private const int Segv = 11;

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 300);
        foreach (var keeper in KeeperKill.Choose(Keepers.Find(scene.Place), dice))
        {
            var (pid, ticks) = (keeper.Facts.CommandPid, keeper.Facts.CommandStartTicks);
            var signal = dice.Chance(70) ? Signal.Kill : Segv;
            if (!Keepers.IsThere(pid, ticks))
            {
                continue;
            }

            // A stopped process ends by nothing but SIGKILL.
            var surely = signal == Signal.Kill && dice.Chance(60) && Stop(pid);
            scene.Deeds.EndedCommand(keeper.Key, signal, surely);
            scene.Deeds.Count($"signal {signal} to a job");
            _ = ChildProcess.Send(pid, signal);
        }
    }

    public Task EndAsync(Scene scene) => Task.CompletedTask;

    private static bool Stop(int pid)
    {
        _ = ChildProcess.Send(pid, Signal.Stop);
        return SpinWait.SpinUntil(() => ProcessStat.TryRead(pid) is { State: 'T' }, TimeSpan.FromMilliseconds(200));
    }
}

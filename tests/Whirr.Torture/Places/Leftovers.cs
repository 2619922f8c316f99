using Whirr.Linux.Processes;
using Whirr.Torture.Checks;

namespace Whirr.Torture.Places;

/// <summary>Ends what a session that broke off has left: processes of this session only.</summary>
internal static class Leftovers
{
    public static async Task EndAsync(Workplace place, DaemonUnderTest daemon)
    {
        if (daemon.IsAlive)
        {
            await daemon.KillAsync();
        }

        // Keepers first: without one, nothing of its job is started any more.
        foreach (var process in ProcessTrees.Find(place).OrderByDescending(process => process.IsKeeper))
        {
            _ = ChildProcess.Send(process.Pid, Signal.Kill);
        }

        SpinWait.SpinUntil(() => ProcessTrees.Find(place).Count == 0, TimeSpan.FromSeconds(5));
    }
}

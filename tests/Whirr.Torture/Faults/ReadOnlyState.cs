using Whirr.Torture.Checks;

namespace Whirr.Torture.Faults;

/// <summary>A file system that became read-only: the daemon must refuse to start, in words, and start when it can be written to again.</summary>
internal sealed class ReadOnlyState : ISurgery
{
    public async Task OperateAsync(Scene scene, Dice dice)
    {
        await scene.Disk.CoverAsync();
        try
        {
            var listens = await scene.Daemon.StartAsync();
            scene.Deeds.Count("state read-only");
            if (listens)
            {
                await scene.Daemon.KillAsync();
                scene.Findings.Look(Invariant.Lost, "a state directory that is read-only was accepted");
            }

            scene.Findings.Look(
                Invariant.Lost, scene.Daemon.Log.Contains("ead-only", StringComparison.Ordinal) ? null : $"a read-only state was refused without words:\n{scene.Daemon.Log}");
        }
        finally
        {
            await scene.Disk.UncoverAsync();
        }
    }
}

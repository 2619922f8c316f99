using Whirr.Torture.Checks;

namespace Whirr.Torture.Faults;

/// <summary>A start without any room: it may work or be refused in words, and nothing may get lost.</summary>
internal sealed class StartOnFullDisk : ISurgery
{
    public async Task OperateAsync(Scene scene, Dice dice)
    {
        scene.Disk.Fill();
        try
        {
            scene.Deeds.Count("disk full");
            if (await scene.Daemon.StartAsync())
            {
                await Scene.PassAsync(dice, 500);
                await scene.Daemon.KillAsync();
                scene.Deeds.Count("kill -9 whirrd");
            }
            else
            {
                scene.Deeds.Count("start refused on a full disk");
                scene.Findings.Look(
                    Invariant.Lost, scene.Daemon.Log.Contains("no space left", StringComparison.Ordinal) || scene.Daemon.Log.Contains("full", StringComparison.Ordinal) ? null : $"a start on a full disk was refused without words:\n{scene.Daemon.Log}");
            }
        }
        finally
        {
            scene.Disk.Free();
        }
    }
}

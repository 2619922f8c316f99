using System.Globalization;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>The daemon may open next to nothing any more, for a while.</summary>
internal sealed class FewDescriptors : ITrouble
{
    private const int Usual = 4_096;

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 200);
        var left = dice.Number(0, 8);
        var descriptors = new DirectoryInfo($"/proc/{scene.Daemon.Pid}/fd");
        if (scene.Daemon.IsAlive && descriptors.Exists)
        {
            var open = descriptors.EnumerateFileSystemInfos().Count();
            await LimitAsync(scene, open + left);
            scene.Deeds.Count("few descriptors");
        }

        await Scene.PassAsync(dice, 800);
    }

    public Task EndAsync(Scene scene) => scene.Daemon.IsAlive ? LimitAsync(scene, Usual) : Task.CompletedTask;

    private static async Task LimitAsync(Scene scene, int most)
    {
        try
        {
            // The soft limit only: who lowers the hard one may not raise it again.
            await Shell.RunAsync("/usr/bin/prlimit", "--pid", scene.Daemon.Pid.ToString(CultureInfo.InvariantCulture), $"--nofile={most}:");
        }
        catch (InvalidOperationException) when (!scene.Daemon.IsAlive)
        {
            // It died at a fault point meanwhile.
            return;
        }
    }
}

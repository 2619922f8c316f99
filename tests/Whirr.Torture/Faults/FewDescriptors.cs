using System.Globalization;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>The daemon may open next to nothing any more, for a while.</summary>
internal sealed class FewDescriptors : ITrouble
{
    private const int Usual = 65_536;

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 200);
        var left = dice.Number(0, 8);
        if (scene.Daemon.IsAlive)
        {
            var open = Directory.EnumerateFileSystemEntries($"/proc/{scene.Daemon.Pid}/fd").Count();
            await LimitAsync(scene, open + left);
            scene.Deeds.Count("few descriptors");
        }

        await Scene.PassAsync(dice, 800);
    }

    public Task EndAsync(Scene scene) => scene.Daemon.IsAlive ? LimitAsync(scene, Usual) : Task.CompletedTask;

    private static Task LimitAsync(Scene scene, int most) =>
        Shell.RunAsync("/usr/bin/prlimit", "--pid", scene.Daemon.Pid.ToString(CultureInfo.InvariantCulture), $"--nofile={most}:{Usual}");
}

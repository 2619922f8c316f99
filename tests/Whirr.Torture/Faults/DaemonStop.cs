using Whirr.Linux.Processes;

namespace Whirr.Torture.Faults;

/// <summary>SIGSTOP of the daemon for a while: what a suspended machine and a stall look like to it.</summary>
internal sealed class DaemonStop : ITrouble
{
    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 200);
        scene.Daemon.Send(Signal.Stop);
        scene.Deeds.Count("SIGSTOP whirrd");
        await Scene.PassAsync(dice, 1_200);
    }

    public Task EndAsync(Scene scene)
    {
        scene.Daemon.Send(Signal.Continue);
        return Task.CompletedTask;
    }
}

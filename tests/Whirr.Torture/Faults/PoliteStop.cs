using Whirr.Linux.Processes;

namespace Whirr.Torture.Faults;

/// <summary>SIGTERM, as systemd stops it for an upgrade.</summary>
internal sealed class PoliteStop : IDeath
{
    public string? FaultPoint => null;

    public async Task DieAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 500);

        // One that is stopped hears nothing.
        scene.Daemon.Send(Signal.Continue);
        scene.Daemon.Send(Signal.Terminate);
        await scene.Daemon.EndedAsync();
        scene.Deeds.Count("SIGTERM whirrd");
    }
}

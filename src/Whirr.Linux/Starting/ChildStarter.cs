using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>Starts programs as children of this process.</summary>
public sealed class ChildStarter : IProgramStarter
{
    /// <inheritdoc/>
    public StartedProgram Start(SpawnRequest request, bool isAwaited = false)
    {
        var pid = ChildProcess.Spawn(request);

        // The child is not reaped yet, so the number is still its own.
        var process = Pidfd.TryOpen(pid) ?? throw new LinuxException($"start {request.Path}", Errno.Esrch);
        return new StartedProgram(pid, process, () => ChildProcess.TryReap(pid, out var ended, out _) ? ended.Status : null);
    }
}

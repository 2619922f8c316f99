using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary><c>whirr-keeper keep DIRECTORY</c>: keeps one attempt from its start to its end.</summary>
internal static class KeepCommand
{
    /// <summary>Exit code when the attempt is not this keeper's to run: another one has it, it has ended, or the daemon gave it up.</summary>
    private const int NotOurs = 3;

    private static readonly int[] Signals = [Signal.Child, Signal.Terminate, Signal.Interrupt, Signal.Hangup, Signal.Quit];

    public static int Run(string attemptDirectory)
    {
        // Every file of the attempt is named relative to here, the socket too: its address has room for 108 bytes only.
        CurrentProcess.ChangeDirectory(attemptDirectory);
        using var claim = AttemptClaim.TryTake();
        if (claim is null)
        {
            return NotOurs;
        }

        CurrentProcess.BecomeSubreaper();
        using var signals = SignalQueue.Open(Signals);
        using var listener = UnixStream.Listen(AttemptFiles.ControlSocket, backlog: 16);
        var daemon = new DaemonLink(new Fd(KeeperProtocol.DaemonSocketFd));
        var specFile = new Fd(KeeperProtocol.SpecFd);
        var (spec, launch) = Launch.Start(specFile);
        new Keeper(spec, launch, signals, listener, daemon, TimeProvider.System).Run();
        return 0;
    }
}

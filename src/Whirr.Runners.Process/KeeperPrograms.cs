using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Runners.Process;

/// <summary>Starts <c>whirr-keeper</c>.</summary>
internal sealed class KeeperPrograms(string keeperPath) : IDisposable
{
    private readonly Fd _nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);

    /// <summary>Starts a keeper for an attempt; it takes the spec and goes to work at once.</summary>
    /// <returns>Its process id, and our end of the connection to it.</returns>
    public (int Pid, Fd Socket) Keep(AttemptDirectory directory, LaunchSpec spec)
    {
        var (ours, theirs) = UnixStream.CreatePair();
        using (theirs)
        {
            return (Spawn([KeeperProtocol.KeepVerb, directory.Path], directory, spec, (theirs, KeeperProtocol.DaemonSocketFd)), ours);
        }
    }

    /// <summary>Starts the recording of an end; returns its process id.</summary>
    public int Stamp(AttemptDirectory directory, LaunchSpec spec) => Spawn([KeeperProtocol.StampVerb], directory, spec);

    /// <summary>Starts the removal, or the measuring, of a run directory; returns its process id and where the report comes from.</summary>
    public (int Pid, Fd Report) Remove(LaunchSpec spec, Guid jobUid, bool measureOnly)
    {
        var (reading, writing) = Pipe.Create();
        using (writing)
        {
            string[] arguments = [KeeperProtocol.RemoveVerb, $"{jobUid}", .. measureOnly ? [KeeperProtocol.MeasureOnly] : Array.Empty<string>()];
            return (Spawn(arguments, _nothing, spec, (writing, KeeperProtocol.DaemonSocketFd)), reading);
        }
    }

    public void Dispose() => _nothing.Dispose();

    private int Spawn(IEnumerable<string> arguments, AttemptDirectory directory, LaunchSpec spec, params ReadOnlySpan<(Fd, int)> more)
    {
        using var log = directory.OpenLog();
        return Spawn(arguments, log, spec, more);
    }

    private int Spawn(IEnumerable<string> arguments, Fd log, LaunchSpec spec, params ReadOnlySpan<(Fd, int)> more)
    {
        using var specFile = SealedMemory.Create("whirr-spec", LaunchSpecFormat.Encode(spec));
        try
        {
            return ChildProcess.Spawn(new SpawnRequest
            {
                Path = keeperPath,
                Arguments = ["whirr-keeper", .. arguments],
                Descriptors = [(_nothing, 0), (_nothing, 1), (log, 2), (specFile, KeeperProtocol.SpecFd), .. more],
                NewSession = true,
                BlockSignals = true,
            });
        }
        catch (LinuxException e)
        {
            throw new RunnerException($"no keeper can be started: {e.Message}; is whirr-keeper installed beside whirrd?", e);
        }
    }
}

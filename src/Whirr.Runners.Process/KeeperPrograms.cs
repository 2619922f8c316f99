using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;

namespace Whirr.Runners.Process;

/// <summary>Starts <c>whirr-keeper</c>.</summary>
internal sealed class KeeperPrograms(ProcessRunnerOptions options) : IDisposable
{
    private readonly Fd _nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);

    /// <summary>Starts a keeper for an attempt; it takes the spec and goes to work at once.</summary>
    /// <returns>It, and our end of the connection to it.</returns>
    public (StartedProgram Keeper, Fd Socket) Keep(AttemptDirectory directory, LaunchSpec spec)
    {
        var (ours, theirs) = UnixStream.CreatePair();
        using (theirs)
        {
            return (Spawn([KeeperProtocol.KeepVerb, directory.Path], directory, spec, (theirs, KeeperProtocol.DaemonSocketFd)), ours);
        }
    }

    /// <summary>Starts the recording of an end.</summary>
    public StartedProgram Stamp(AttemptDirectory directory, LaunchSpec spec) => Spawn([KeeperProtocol.StampVerb], directory, spec);

    /// <summary>Starts the removal, or the measuring, of a run directory; returns it and where the report comes from.</summary>
    public (StartedProgram Remover, Fd Report) Remove(LaunchSpec spec, Guid jobUid, bool measureOnly)
    {
        var (reading, writing) = Pipe.Create();
        using (writing)
        {
            string[] arguments = [KeeperProtocol.RemoveVerb, $"{jobUid}", .. measureOnly ? [KeeperProtocol.MeasureOnly] : Array.Empty<string>()];
            return (Spawn(arguments, _nothing, spec, (writing, KeeperProtocol.DaemonSocketFd)), reading);
        }
    }

    public void Dispose() => _nothing.Dispose();

    private StartedProgram Spawn(IEnumerable<string> arguments, AttemptDirectory directory, LaunchSpec spec, params ReadOnlySpan<(Fd, int)> more)
    {
        using var log = directory.OpenLog();
        return Spawn(arguments, log, spec, more);
    }

    private StartedProgram Spawn(IEnumerable<string> arguments, Fd log, LaunchSpec spec, params ReadOnlySpan<(Fd, int)> more)
    {
        using var specFile = SealedMemory.Create("whirr-spec", LaunchSpecFormat.Encode(spec));
        try
        {
            return options.Starter.Start(new SpawnRequest
            {
                Path = options.KeeperPath,
                Arguments = ["whirr-keeper", .. arguments],
                Descriptors = [(_nothing, 0), (_nothing, 1), (log, 2), (specFile, KeeperProtocol.SpecFd), .. more],
                NewSession = true,
                BlockSignals = true,
            });
        }
        catch (LinuxException e)
        {
            throw new RunnerException($"no keeper can be started: {e.Message}; {Advice(e)}", e);
        }
    }

    private string Advice(LinuxException e) => options.Starter is RemoteStarter && e.Errno is Errno.Econnrefused or Errno.Etimedout
        ? "is whirr-jobs.service running?"
        : "is whirr-keeper installed beside whirrd?";
}

using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Domain.Runs;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>Whether a run whose record names no end lives, asked of the kernel without a daemon.</summary>
internal static class RunLife
{
    /// <summary>Looks at the lock in a run directory.</summary>
    /// <param name="runDir">Absolute path.</param>
    /// <param name="hostname">The machine that the run says it is on; empty: it does not say.</param>
    /// <param name="isJob">It belongs to a queue.</param>
    /// <param name="now">Now.</param>
    public static RunVerdict Look(string runDir, string hostname, bool isJob, DateTimeOffset now) =>
        RunVerdict.Decide(SignOf(runDir, now), hostname, isJob, HostName.Full, now);

    private static RunSign SignOf(string runDir, DateTimeOffset now)
    {
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            using var file = directory.OpenFile(RunFiles.Lock);
            if (file is null || FileFacts.Of(file) is not { } facts)
            {
                return default;
            }

            // Where a file system has no locks, what remains is that the process touches the file.
            return new RunSign(RecordLock.IsHeld(file) ?? now - facts.Modified <= RunVerdict.ForeignSilence, facts.Modified);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            return default;
        }
    }
}

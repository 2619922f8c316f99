using Whirr.Protocol.V1;

namespace Whirr.Cli;

/// <summary>Exit codes of whirrctl. They are part of its interface: see <c>whirrctl --help</c>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The verb could not do what it was asked to.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No daemon answers.</summary>
    public const int NoDaemon = 3;

    // wait, attach and submit --wait give the exit code of the job. These stand for endings that have none of their own; like those of
    // timeout(1) and of a shell they are at the end of the range that commands rarely use.
    public const int JobCancelled = 125;
    public const int JobLost = 126;
    public const int JobNotStarted = 127;

    /// <summary>Ended by Ctrl+C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody reads the output any more (128 + SIGPIPE), as other programs end in `| head`.</summary>
    public const int BrokenPipe = 141;

    /// <summary>The table printed by <c>whirrctl --help</c>.</summary>
    public const string Table = """
        Exit codes:
            0  ok
            1  refused or failed: no such job, not yours, wrong state, ...
            2  the command line is wrong
            3  no daemon answers
          130  ended by Ctrl+C
          141  nobody reads the output any more

          wait, attach and submit --wait end with the exit code of the job (128 + signal when a signal ended it; of several jobs,
          the first in the order they were named that is not 0), and with
          125  the job was cancelled
          126  the job was lost: its keeper or machine went away, and it is not run again
          127  the command could not be started
        """;

    /// <summary>The code that stands for how <paramref name="job"/> ended: never 0 unless it completed.</summary>
    public static int Of(Job job) => job.State switch
    {
        JobState.Completed => Ok,
        JobState.Cancelled => JobCancelled,
        JobState.Lost => JobLost,
        JobState.Failed when job.Reason == "start_failed" => JobNotStarted,
        JobState.Failed when job.HasExitCode && job.ExitCode is > 0 and <= 255 => job.ExitCode,
        _ => Failed,
    };

    /// <summary>The first that is not 0.</summary>
    public static int Of(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs)
        {
            if (Of(job) is var code and not Ok)
            {
                return code;
            }
        }

        return Ok;
    }
}

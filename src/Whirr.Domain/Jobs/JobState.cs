namespace Whirr.Domain.Jobs;

/// <summary>Where a job is in its life. The numbers are stored; never renumber them.</summary>
public enum JobState
{
    Queued = 1,
    Allocated = 2,
    Starting = 3,
    Running = 4,
    Completed = 5,
    Failed = 6,
    Cancelled = 7,
    Lost = 8,
}

/// <summary>Names and classes of states.</summary>
public static class JobStates
{
    /// <summary>Every state, in the order of a job's life.</summary>
    public static IReadOnlyList<JobState> All { get; } = Enum.GetValues<JobState>();

    /// <summary>True for states that never change again.</summary>
    public static bool IsEnded(this JobState state) => state >= JobState.Completed;

    /// <summary>True while an attempt of the job may have a process.</summary>
    public static bool IsLive(this JobState state) => state is JobState.Allocated or JobState.Starting or JobState.Running;

    /// <summary>The word used in files, JSON and tables, e.g. <c>queued</c>.</summary>
    public static string ToWord(this JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Allocated => "allocated",
        JobState.Starting => "starting",
        JobState.Running => "running",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        JobState.Lost => "lost",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a job state"),
    };

    /// <summary>Reads a state from a word in any case, including the aliases of other tools (pending, finished, succeeded, canceled).</summary>
    public static bool TryParse(string word, out JobState state)
    {
        JobState? found = word.ToLowerInvariant() switch
        {
            "queued" or "pending" => JobState.Queued,
            "allocated" => JobState.Allocated,
            "starting" => JobState.Starting,
            "running" => JobState.Running,
            "completed" or "finished" or "succeeded" => JobState.Completed,
            "failed" => JobState.Failed,
            "cancelled" or "canceled" => JobState.Cancelled,
            "lost" => JobState.Lost,
            _ => null,
        };
        state = found ?? default;
        return found is not null;
    }
}

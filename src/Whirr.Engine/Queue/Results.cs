using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Queue;

/// <summary>What came of a cancellation.</summary>
public enum CancelOutcome
{
    Cancelled,
    Requested,
    AlreadyEnded,
    NotFound,
    NotYours,
}

/// <summary>What came of a cancellation, and the state of the job then.</summary>
public readonly record struct CancelResult(CancelOutcome Outcome, JobState State);

/// <summary>What came of a retry.</summary>
public abstract record RetryResult
{
    private RetryResult()
    {
    }

    public sealed record Submitted(AddedJob Job) : RetryResult;

    public sealed record NotFound : RetryResult;

    public sealed record NotYours(Job Job) : RetryResult;

    /// <summary>Only failed, cancelled and lost jobs are retried.</summary>
    public sealed record WrongState(Job Job) : RetryResult;
}

/// <summary>What came of a change of a time limit.</summary>
public abstract record ExtendResult
{
    private ExtendResult()
    {
    }

    public sealed record Extended(long JobId) : ExtendResult;

    public sealed record NotFound : ExtendResult;

    public sealed record NotYours(Job Job) : ExtendResult;

    public sealed record Ended(Job Job) : ExtendResult;

    /// <summary>The new limit cannot be.</summary>
    public sealed record Refused(string Sentence) : ExtendResult;
}

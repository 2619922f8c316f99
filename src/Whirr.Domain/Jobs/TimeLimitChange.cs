namespace Whirr.Domain.Jobs;

/// <summary>A change of the time limit of a job, as somebody asks for it.</summary>
public abstract record TimeLimitChange
{
    private TimeLimitChange()
    {
    }

    /// <summary>The limit counts from the start of the attempt.</summary>
    public sealed record To(TimeSpan Limit) : TimeLimitChange;

    /// <summary>Added to the limit there is; may be negative.</summary>
    public sealed record By(TimeSpan More) : TimeLimitChange;

    /// <summary>No limit any more.</summary>
    public sealed record Unlimited : TimeLimitChange;

    /// <summary>What the limit of a job becomes.</summary>
    /// <param name="job">The job as it is.</param>
    /// <param name="now">The time; a running attempt is not given a limit that lies behind it.</param>
    /// <param name="limit">The new limit; null: none.</param>
    /// <returns>What is wrong with the change; null when nothing is.</returns>
    public string? FindFault(Job job, DateTimeOffset now, out TimeSpan? limit)
    {
        limit = null;
        switch (this)
        {
            case Unlimited:
                return null;
            case By when job.Settings.Limits.Time is null:
                return $"limit: job {job.Id} has no time limit to add to; give it one, like 8h";
            case By { More: var more }:
                limit = job.Settings.Limits.Time + more;
                break;
            case To { Limit: var to }:
                limit = to;
                break;
            default:
                throw new InvalidOperationException($"{this} is not a change of a time limit");
        }

        if (limit < LimitRules.MinTime || limit > LimitRules.MaxTime)
        {
            return "limit: the new time limit is not between 1 ms and 10 years";
        }

        var ran = job.State.IsLive() ? now - job.Attempt?.StartedAt : null;
        return ran >= limit
            ? $"limit: job {job.Id} runs for {EndSentence.Words(ran.Value)} already, longer than {EndSentence.Words(limit.Value)}; to end it, cancel it"
            : null;
    }
}

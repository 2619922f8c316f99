using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Job = Whirr.Protocol.V1.Job;
using OnStall = Whirr.Protocol.V1.OnStall;

namespace Whirr.Cli.Output;

/// <summary>What a job may use, when it is run again, what is watched and who is told.</summary>
internal static class LimitDetails
{
    public static void Add(DetailPage page, Job job, DateTimeOffset now)
    {
        AddLimits(page, job, now);
        page.Line("Retries", Retries(job));
        page.Line("Losses", Losses(job));
        AddWatch(page, job);
        page.Line("Notices", Notices(job));
    }

    /// <summary>How much of its time a running job has left; null when it has no limit or does not run.</summary>
    public static TimeSpan? TimeLeft(Job job, DateTimeOffset now) =>
        job is { State: Protocol.V1.JobState.Running, Limits.Time: { } limit } && Times.Runtime(job, now) is { } ran
            ? limit.ToTimeSpan() - ran
            : null;

    private static void AddLimits(DetailPage page, Job job, DateTimeOffset now)
    {
        if (job.Limits is not { } limits)
        {
            return;
        }

        if (limits.Time is { } time)
        {
            var warning = limits.WarnSignal > 0 && limits.WarnBefore is { } before
                ? $", {SignalNames.Describe((int)limits.WarnSignal)} {EndSentence.Words(before.ToTimeSpan())} before"
                : "";
            var limit = EndSentence.Words(time.ToTimeSpan());
            page.Line("Time", TimeLeft(job, now) is null
                ? $"at most {limit}{warning}"
                : $"{DurationText.Format(Times.Runtime(job, now)!.Value)} of {limit}{warning}");
        }

        page.Line("Limits", string.Join(", ", ((IEnumerable<string>)
        [
            limits.MemoryBytes > 0 ? $"memory {ByteCount.Format((long)limits.MemoryBytes)}" : "",
            limits.CpuMillis > 0 ? $"{limits.CpuMillis / 1000m:0.###} CPUs" : "",
            limits.Pids > 0 ? $"{limits.Pids} processes" : "",
            limits.HasNice ? $"nice {limits.Nice}" : "",
            limits.Ionice.Length > 0 ? $"ionice {SafeText.Escape(limits.Ionice)}" : "",
            .. limits.Rlimits.Select(limit => SafeText.Escape(ProcessLimitText.Format(limit))),
        ]).Where(text => text.Length > 0)));
        page.Line("Log limit", limits switch
        {
            { HasLogBytes: false } => "",
            { LogBytes: 0 } => "none",
            _ => $"{ByteCount.Format((long)limits.LogBytes)}, of which head and tail are kept",
        });
    }

    private static string Retries(Job job)
    {
        if (job.Retry is not { Retries: > 0 } retry)
        {
            return "";
        }

        var first = EndSentence.Words(retry.FirstPause?.ToTimeSpan() ?? RetryPolicy.Never.FirstPause);
        var longest = EndSentence.Words(retry.LongestPause?.ToTimeSpan() ?? RetryPolicy.Never.LongestPause);
        var causes = SafeText.Escape(retry.RetryOn.Length > 0 ? retry.RetryOn : RetryCauses.Default.ToString()).Replace(",", ", ", StringComparison.Ordinal);
        return $"{job.RetriesUsed} of {retry.Retries} used ({causes}; pause {(first == longest ? first : $"{first} to {longest}")})";
    }

    // Of a job that nothing was lost of, the bound is of interest only as long as something may be.
    private static string Losses(Job job) => job switch
    {
        { OnLost: Protocol.V1.OnLost.Stop } => job.State.IsEnded() ? "" : "not run again when its keeper or machine dies",
        { Losses: 0 } when job.State.IsEnded() => "",
        _ => $"{job.Losses} of at most {job.MaxAttempts} (keeper or machine died)",
    };

    private static void AddWatch(DetailPage page, Job job)
    {
        if (job.Watch is not { } watch)
        {
            return;
        }

        if (watch.StallAfter is { } after)
        {
            var signal = watch.StallSignal > 0 ? $" and {SignalNames.Describe((int)watch.StallSignal)}" : "";
            var action = watch.OnStall == OnStall.Unspecified ? OnStall.Notify.ToWord() : watch.OnStall.ToWord();
            page.Line("Stall limit", $"{EndSentence.Words(after.ToTimeSpan())}, then {action}{signal}");
        }

        page.Line("Fails on NaN", watch.FailOnNan ? "yes" : "");
    }

    private static string Notices(Job job)
    {
        if (job.Notices is not { } notices)
        {
            return "";
        }

        var events = SafeText.Escape(notices.Events).Replace(",", ", ", StringComparison.Ordinal);
        var targets = notices.Targets.Count == 0 ? "the daemon's targets" : SafeText.Escape(string.Join(", ", notices.Targets));
        return events is "" or "none" ? "nobody" : $"{events} to {targets}";
    }
}

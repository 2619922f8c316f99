using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using OnLost = Whirr.Protocol.V1.OnLost;
using RetryPolicy = Whirr.Protocol.V1.RetryPolicy;

namespace Whirr.Cli.Submission;

/// <summary>When a job is run again.</summary>
internal static class RetryFields
{
    /// <summary>A word of <c>--retry-on</c> that is about the machine, not about the job: it stands for <c>--on-lost requeue</c>.</summary>
    public const string Lost = "lost";

    public static IReadOnlyList<JobField> All { get; } =
    [
        new("retries", "N", "How often it is run again when it fails", SetRetries),
        new("retry-on", "A,B", "For which causes: exit, exit:75, signal, signal:KILL, oom, time, stalled, nan, start, lost (default: exit,signal,oom)", SetCauses),
        new("backoff", "FIRST[..LONGEST]", "Pause before it is run again, doubled each time (default: 30s..10m)", SetPauses),
        new("on-lost", "requeue|stop", "When its keeper or machine dies: run it again, or end it", (job, text) => job.OnLost = PolicyWords.ParseOnLost(text)),
        new("max-attempts", "N", "How many attempts may be lost that way before it is given up; retries do not count", SetMaxAttempts),
        new("on-daemon-loss", "keep|kill", "When the daemon goes away: let it run on, or end it", (job, text) => job.OnDaemonLoss = PolicyWords.ParseOnDaemonLoss(text)),
    ];

    private static RetryPolicy Of(JobSpec job) => job.Retry ??= new RetryPolicy();

    private static void SetRetries(JobSpec job, string text)
    {
        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var retries) || retries > JobRules.MaxRetries)
        {
            throw CommandFailure.Usage($"retries is a whole number from 0 to {JobRules.MaxRetries}, like 3, not {SafeText.Quote(text)}.");
        }

        if (retries == 0)
        {
            // In a job file, this takes back what the options say about retries.
            job.Retry = null;
        }
        else
        {
            Of(job).Retries = retries;
        }
    }

    private static void SetCauses(JobSpec job, string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var causes = Array.FindAll(items, item => item != Lost);
        if (causes.Length < items.Length)
        {
            job.OnLost = OnLost.Requeue;
        }

        if (causes.Length == 0 && items.Length > 0)
        {
            Of(job).RetryOn = Lost;
            return;
        }

        Of(job).RetryOn = RetryCauses.TryParse(string.Join(',', causes), out var known, out var fault)
            ? known.ToString()
            : throw CommandFailure.Usage($"retry_on: {SafeText.Escape(fault)}, and {Lost}. Example: exit:75,signal,oom.");
    }

    private static void SetPauses(JobSpec job, string text)
    {
        var parts = text.Split("..");
        if (parts is not ([_] or [_, _]) || !DurationText.TryParse(parts[0], out var first) || !DurationText.TryParse(parts[^1], out var longest))
        {
            throw CommandFailure.Usage($"backoff is the first and the longest pause, like 30s..10m, or one for all, like 1m, not {SafeText.Quote(text)}.");
        }

        (Of(job).FirstPause, Of(job).LongestPause) = (Duration.FromTimeSpan(first), Duration.FromTimeSpan(longest));
    }

    private static void SetMaxAttempts(JobSpec job, string text) =>
        job.MaxAttempts = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= JobRules.MaxAttempts
            ? number
            : throw CommandFailure.Usage($"max_attempts is a whole number from 1 to 1000, not {SafeText.Quote(text)}.");
}

using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.Mapping;
using Whirr.Protocol.V1;
using OnDaemonLoss = Whirr.Domain.Jobs.OnDaemonLoss;
using OnLost = Whirr.Domain.Jobs.OnLost;
using OnStall = Whirr.Protocol.V1.OnStall;

namespace Whirr.Cli.Submission;

/// <summary>What can only be said when all of a job is known: what goes with what.</summary>
internal static class WholeJob
{
    // The daemon fills in its own; none of them is against a rule.
    private static readonly SubmitDefaults AnyDaemon = new(TimeSpan.Zero, OnLost.Requeue, OnDaemonLoss.Keep, 1);

    /// <summary>Fills in what follows from the rest, and checks by the daemon's own rules, so that a wrong line of a job file is named.</summary>
    /// <exception cref="CommandFailure">Something does not go with something else.</exception>
    public static void Complete(JobSpec job)
    {
        if (job is { Limits: null, Retry: null, Watch: null, Notices: null })
        {
            return;
        }

        CompleteRetries(job);
        if (job.Watch is { StallAfter: null } watch && (watch.OnStall != OnStall.Unspecified || watch.StallSignal > 0))
        {
            throw CommandFailure.Usage("on_stall and stall_signal need a time after which a job is stalled, e.g. --stall 30m.");
        }

        if (job.Notices is { Events: "", Targets.Count: > 0 } notices)
        {
            notices.Events = NoticeFields.UsualEvents;
        }

        string? fault;
        try
        {
            fault = JobRules.FindFault(job.ToSettings(AnyDaemon), []);
        }
        catch (FormatException exception)
        {
            fault = exception.Message;
        }

        if (fault is not null)
        {
            throw CommandFailure.Usage($"{SafeText.Escape(fault)}.");
        }
    }

    private static void CompleteRetries(JobSpec job)
    {
        if (job.Retry is not { } retry)
        {
            return;
        }

        if (retry.RetryOn == RetryFields.Lost)
        {
            if (retry.Retries > 0)
            {
                throw CommandFailure.Usage(
                    $"{RetryFields.Lost} does not use up retries (max_attempts bounds it); name a cause for retries too, e.g. exit,signal,oom,lost.");
            }

            retry.RetryOn = "";
        }

        if (retry.Retries == 0 && (retry.RetryOn.Length > 0 || retry.FirstPause is not null))
        {
            throw CommandFailure.Usage("retry_on and backoff need a number of retries, e.g. --retries 3.");
        }
    }
}

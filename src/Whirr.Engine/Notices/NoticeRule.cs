using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>Decides who is told about an event.</summary>
public static class NoticeRule
{
    /// <summary>The mailbox of the owner, in settings.</summary>
    public const string OwnersMail = "mail";

    /// <summary>True for events that anybody could want to be told.</summary>
    public static bool IsTold(JobEvent happened) => KindsOf(happened) != NoticeEvents.None;

    /// <summary>The notices that an event of a job leads to: one per target, whatever number of its kinds are wanted.</summary>
    public static IReadOnlyList<NewNotice> Decide(JobEvent happened, Job job, NoticeDefaults defaults)
    {
        var kinds = KindsOf(happened) & (job.Settings.Notices?.Events ?? defaults.Events);
        if (kinds == NoticeEvents.None)
        {
            return [];
        }

        var kind = kinds.HasFlag(NoticeEvents.Failure) ? NoticeEvents.Failure : kinds;
        return [.. TargetsOf(job, defaults).Select(target => new NewNotice(job.Id, kind, target, happened.Seq, happened.At, null))];
    }

    /// <summary>Notices about the queue, which only the daemon's own targets get; mail for owners goes to the daemon's user.</summary>
    /// <param name="what"><see cref="NoticeEvents.QueueEmpty"/> or <see cref="NoticeEvents.Trouble"/>.</param>
    /// <param name="text">What to say.</param>
    /// <param name="seq">The event it comes from; 0 for none.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="defaults">What the daemon is configured to tell.</param>
    public static IReadOnlyList<NewNotice> OfQueue(NoticeEvents what, string text, long seq, DateTimeOffset at, NoticeDefaults defaults) =>
        defaults.Events.HasFlag(what)
            ? [.. Resolve(defaults.Targets, defaults.DaemonUser).Select(target => new NewNotice(null, what, target, seq, at, text))]
            : [];

    // A job goes back to the queue when it was lost, which is told, and when this machine could not start it, which is no news of the job.
    private static NoticeEvents KindsOf(JobEvent happened) => happened.Trigger switch
    {
        JobTrigger.Completed or JobTrigger.Cancelled => NoticeEvents.End,
        JobTrigger.Failed or JobTrigger.Lost => NoticeEvents.End | NoticeEvents.Failure,
        JobTrigger.Stalled => NoticeEvents.Stall,
        JobTrigger.Alerted => NoticeEvents.Alert,
        JobTrigger.Retried => NoticeEvents.Retry,
        JobTrigger.Requeued when happened.Reason is not (EndReason.StartFailed or EndReason.DiskFull) => NoticeEvents.Retry,
        _ => NoticeEvents.None,
    };

    // Who asks to be told and does not say where gets mail when the daemon has no targets of its own, as from cron(8).
    private static IEnumerable<string> TargetsOf(Job job, NoticeDefaults defaults)
    {
        var targets = job.Settings.Notices is { Targets.Count: > 0 } own ? own.Targets : defaults.Targets;
        return Resolve(targets.Count > 0 ? targets : [OwnersMail], job.Owner.Name);
    }

    private static IEnumerable<string> Resolve(IEnumerable<string> targets, string login) =>
        targets.Select(target => target == OwnersMail ? $"{OwnersMail}:{login}" : target).Distinct(StringComparer.Ordinal);
}

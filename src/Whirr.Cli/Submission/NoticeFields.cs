using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using NoticeSettings = Whirr.Protocol.V1.NoticeSettings;

namespace Whirr.Cli.Submission;

/// <summary>Who is told what about a job.</summary>
internal static class NoticeFields
{
    /// <summary>What is told to somebody who was named without saying what.</summary>
    public const string UsualEvents = "end,stall,alert";

    private const NoticeEvents OfJobs = NoticeEvents.End | NoticeEvents.Failure | NoticeEvents.Stall | NoticeEvents.Retry | NoticeEvents.Alert;

    public static IReadOnlyList<JobField> All { get; } =
    [
        new("notify", "A,B", $"What is told: end, failure, stall, retry, alert, or none (default: the daemon's; with --notify-to {UsualEvents})", SetEvents),
        new("notify-to", "TARGET", "To whom: mail (your local mailbox), mail:ADDRESS or an http(s) URL (may be repeated)", null) { SetAll = SetTargets },
    ];

    private static NoticeSettings Of(JobSpec job) => job.Notices ??= new NoticeSettings();

    private static void SetEvents(JobSpec job, string text)
    {
        NoticeEvents events;
        try
        {
            events = NoticeRules.ParseEvents(text);
        }
        catch (FormatException exception)
        {
            throw Wrong(text, exception);
        }

        Of(job).Events = (events & ~OfJobs) == NoticeEvents.None ? NoticeRules.Format(events) : throw Wrong(text, null);
    }

    private static void SetTargets(JobSpec job, IReadOnlyList<string> targets)
    {
        foreach (var target in targets)
        {
            if (NoticeRules.FindTargetFault(target) is not null)
            {
                throw CommandFailure.Usage(
                    $"notify_to is mail, mail:ADDRESS or an http(s) URL, like mail:ada@example.org, not {SafeText.Quote(target)}.");
            }
        }

        Of(job).Targets.Clear();
        Of(job).Targets.AddRange(targets);
    }

    private static CommandFailure Wrong(string text, Exception? inner) => new(
        FailureKind.Usage,
        $"notify is what is told of a job: end, failure, stall, retry, alert (like failure,stall), or none, not {SafeText.Quote(text)}.",
        inner);
}

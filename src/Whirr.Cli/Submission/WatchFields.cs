using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using JobWatch = Whirr.Protocol.V1.JobWatch;

namespace Whirr.Cli.Submission;

/// <summary>What is watched while a job runs.</summary>
internal static class WatchFields
{
    public static IReadOnlyList<JobField> All { get; } =
    [
        new("stall", "DURATION", "Without output, metrics, CPU or GPU use for this long it is stalled, e.g. 30m", SetStall),
        new("on-stall", "ACTION", "What is done then: notify, dump (also write into the log what it is doing), kill, retry", (job, text) => Of(job).OnStall = PolicyWords.ParseOnStall(text)),
        new("stall-signal", "SIGNAL", "With dump: also send this signal to the main process, e.g. QUIT", SetStallSignal),
        new("fail-on-nan", null, "End it at the first NaN or infinity in metrics.jsonl", SetFailOnNan),
    ];

    private static JobWatch Of(JobSpec job) => job.Watch ??= new JobWatch();

    private static void SetStall(JobSpec job, string text)
    {
        if (text == "none")
        {
            job.Watch = job.Watch is { FailOnNan: true } ? new JobWatch { FailOnNan = true } : null;
            return;
        }

        Of(job).StallAfter = DurationText.TryParse(text, out var span)
            ? Duration.FromTimeSpan(span)
            : throw CommandFailure.Usage($"stall is a time from 5s to 30d, like 30m, or none, not {SafeText.Quote(text)}.");
    }

    private static void SetStallSignal(JobSpec job, string text) => Of(job).StallSignal = SignalNames.Find(text) is { } signal
        ? (uint)signal
        : throw CommandFailure.Usage($"a signal is a name like QUIT or a number from 1 to 64, not {SafeText.Quote(text)}.");

    private static void SetFailOnNan(JobSpec job, string text) => Of(job).FailOnNan = text switch
    {
        "true" => true,
        "false" => false,
        _ => throw CommandFailure.Usage($"fail_on_nan is true or false, not {SafeText.Quote(text)}."),
    };
}

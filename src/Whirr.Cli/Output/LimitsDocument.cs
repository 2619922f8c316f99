using System.Text.Json;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>Limits, retries, watches and notices of a job in JSON: the objects <c>limits</c>, <c>retry</c>, <c>watch</c>,
/// <c>notices</c>.</summary>
internal static class LimitsDocument
{
    public static void Write(Utf8JsonWriter json, Job job)
    {
        WriteLimits(json, job.Limits ?? new JobLimits());
        WriteRetry(json, job);
        WriteWatch(json, job.Watch ?? new JobWatch());
        WriteNotices(json, job.Notices);
    }

    private static void WriteLimits(Utf8JsonWriter json, JobLimits limits)
    {
        json.WriteStartObject("limits");
        JobDocument.Seconds(json, "time_seconds", limits.Time);
        JobDocument.Number(json, "warn_signal", NotZero(limits.WarnSignal));
        JobDocument.Seconds(json, "warn_before_seconds", limits.WarnBefore);
        JobDocument.Number(json, "memory_bytes", NotZero(limits.MemoryBytes));
        if (limits.CpuMillis > 0)
        {
            json.WriteNumber("cpus", limits.CpuMillis / 1000m);
        }
        else
        {
            json.WriteNull("cpus");
        }

        JobDocument.Number(json, "pids", NotZero(limits.Pids));
        JobDocument.Number(json, "nice", limits.HasNice ? limits.Nice : null);
        JobDocument.Text(json, "ionice", limits.Ionice);
        json.WriteStartArray("rlimits");
        foreach (var limit in limits.Rlimits)
        {
            json.WriteStartObject();
            json.WriteString("resource", limit.Resource);
            Amount(json, "soft", limit.HasSoft ? limit.Soft : null);
            Amount(json, "hard", limit.HasHard ? limit.Hard : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Amount(json, "log_bytes", limits.HasLogBytes ? limits.LogBytes : null);
        json.WriteEndObject();
    }

    private static void WriteRetry(Utf8JsonWriter json, Job job)
    {
        var retry = job.Retry ?? new RetryPolicy();
        json.WriteStartObject("retry");
        json.WriteNumber("retries", retry.Retries);
        json.WriteNumber("used", job.RetriesUsed);
        JobDocument.Text(json, "on", retry.RetryOn);
        JobDocument.Seconds(json, "first_pause_seconds", retry.FirstPause);
        JobDocument.Seconds(json, "longest_pause_seconds", retry.LongestPause);
        json.WriteEndObject();
    }

    private static void WriteWatch(Utf8JsonWriter json, JobWatch watch)
    {
        json.WriteStartObject("watch");
        JobDocument.Seconds(json, "stall_seconds", watch.StallAfter);
        JobDocument.Text(json, "on_stall", watch.OnStall.ToWord());
        JobDocument.Number(json, "stall_signal", NotZero(watch.StallSignal));
        json.WriteBoolean("fail_on_nan", watch.FailOnNan);
        json.WriteEndObject();
    }

    private static void WriteNotices(Utf8JsonWriter json, NoticeSettings? notices)
    {
        if (notices is null)
        {
            json.WriteNull("notices");
            return;
        }

        json.WriteStartObject("notices");
        JobDocument.Text(json, "events", notices.Events);
        JobDocument.List(json, "targets", notices.Targets);
        json.WriteEndObject();
    }

    private static long? NotZero(ulong number) => number > 0 ? (long)number : null;

    private static void Amount(Utf8JsonWriter json, string name, ulong? amount)
    {
        if (amount is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

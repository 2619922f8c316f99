using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>A report in JSON; README.md beside this project documents the fields.</summary>
internal static class ReportDocument
{
    public static void Write(TextOutput output, ReportReply report, IReadOnlyDictionary<long, IReadOnlyList<string>> logs) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        JobDocument.Time(json, "since", report.Since);
        JobDocument.Time(json, "until", report.Until);
        json.WriteNumber("completed", report.Completed);
        json.WriteNumber("failed", report.Failed);
        json.WriteNumber("cancelled", report.Cancelled);
        json.WriteNumber("lost", report.Lost);
        json.WriteStartArray("troubled");
        foreach (var job in report.Troubled)
        {
            JobDocument.Write(json, job, more => WriteLines(more, "log_tail", logs.GetValueOrDefault(job.Id)));
        }

        json.WriteEndArray();
        WriteIncidents(json, report);
        json.WriteStartArray("running");
        foreach (var running in report.Running)
        {
            JobDocument.Write(json, running.Job, more =>
            {
                JobDocument.Time(more, "estimated_end", running.EstimatedEnd);
                JobDocument.Text(more, "estimate_basis", running.EstimateBasis);
            });
        }

        json.WriteEndArray();
        json.WriteNumber("queued", report.Queued);
        json.WriteNumber("slots", report.Slots);
        json.WriteNumber("slot_idle", Math.Round(report.SlotIdle, 4));
        json.WriteNumber("idle_while_waiting_seconds", report.IdleWhileWaiting?.ToTimeSpan().TotalSeconds ?? 0);
        HoldDocument.Write(json, "hold", report.Hold);
        JobDocument.List(json, "troubles", report.Troubles);
        json.WriteEndObject();
    });

    private static void WriteIncidents(Utf8JsonWriter json, ReportReply report)
    {
        json.WriteStartArray("incidents");
        foreach (var happened in report.Incidents)
        {
            json.WriteStartObject();
            json.WriteNumber("job_id", happened.JobId);
            JobDocument.Text(json, "name", report.JobNames.TryGetValue(happened.JobId, out var name) ? name : "");
            JobDocument.Time(json, "at", happened.At);
            json.WriteString("type", happened.Type);
            json.WriteNumber("attempt", happened.Attempt);
            JobDocument.Text(json, "reason", happened.Reason);
            JobDocument.Text(json, "detail", happened.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>An array of strings, or null for lines that were not asked for.</summary>
    private static void WriteLines(Utf8JsonWriter json, string name, IEnumerable<string>? lines)
    {
        if (lines is null)
        {
            json.WriteNull(name);
        }
        else
        {
            JobDocument.List(json, name, lines);
        }
    }
}

using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>The attempts of a job in JSON: the array <c>attempts</c>.</summary>
internal static class AttemptDocument
{
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<Attempt> attempts)
    {
        json.WriteStartArray("attempts");
        foreach (var attempt in attempts)
        {
            json.WriteStartObject();
            json.WriteNumber("number", attempt.Number);
            JobDocument.Text(json, "node", attempt.Node);
            JobDocument.Time(json, "claimed_at", attempt.ClaimedAt);
            JobDocument.Time(json, "started_at", attempt.StartedAt);
            JobDocument.Time(json, "finished_at", attempt.FinishedAt);
            JobDocument.Number(json, "exit_code", attempt.HasExitCode ? attempt.ExitCode : null);
            JobDocument.Number(json, "signal", attempt.Signal > 0 ? attempt.Signal : null);
            JobDocument.Text(json, "reason", attempt.Reason);
            JobDocument.Text(json, "reason_detail", attempt.ReasonDetail);
            JobDocument.Number(json, "log_offset", attempt.HasLogOffset ? attempt.LogOffset : null);
            UsageDocument.Write(json, "usage", attempt.Usage);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

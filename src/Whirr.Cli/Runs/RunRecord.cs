using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Machine;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using Whirr.Runs;
using WireState = Whirr.Protocol.V1.JobState;

namespace Whirr.Cli.Runs;

/// <summary>What the files of a run directory say about it, without a daemon. What cannot be read is left out, and said in <c>problem</c>.</summary>
internal static class RunRecord
{
    private const int LargestConfig = 1024 * 1024;
    private const int LargestMeta = 64 * 1024 * 1024;

    /// <summary>Reads <c>meta.json</c> and <c>config.json</c> below <paramref name="runDir"/>; never throws.</summary>
    public static Run Read(string runDir)
    {
        var run = new Run { RunId = Path.GetFileName(runDir), RunDir = runDir };
        foreach (var uid in FileOwner.Of(runDir))
        {
            run.Owner = Users.Name(uid);
        }

        run.ConfigJson = ReadObject(Path.Combine(runDir, RunFiles.Config), LargestConfig, out _)?.GetRawText() ?? "";
        if (ReadObject(Path.Combine(runDir, RunFiles.Meta), LargestMeta, out var why) is { } meta)
        {
            Fill(run, meta);
        }
        else
        {
            run.Problem = $"{RunFiles.Meta} {why}";
        }

        return run;
    }

    private static JsonElement? ReadObject(string path, int most, out string why)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, System.IO.FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > most)
            {
                why = $"is larger than {most / 1024 / 1024} MiB";
                return null;
            }

            using var document = JsonDocument.Parse(file);
            why = "is no JSON object";
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            why = "is damaged: it is not one whole JSON object";
        }
        catch (Exception exception) when (Failures.FileProblem.Is(exception))
        {
            why = $"cannot be read: {Failures.FileProblem.Describe(exception)}";
        }

        return null;
    }

    private static void Fill(Run run, JsonElement meta)
    {
        run.RunId = Text(meta, "run_id") is { Length: > 0 } id ? id : run.RunId;
        run.Name = Text(meta, "name");
        run.JobId = Number(meta, "job_id") is { } job and > 0 and < long.MaxValue ? (long)job : 0;
        run.State = JobStates.TryParse(Text(meta, "status"), out var state) ? (WireState)state : WireState.Unspecified;
        run.Reason = Text(meta, "reason");
        run.ReasonDetail = Text(meta, "reason_detail");
        run.StartedAt = Time(meta, "started_at");
        run.FinishedAt = Time(meta, "finished_at");
        run.Hostname = Text(meta, "hostname");
        run.Note = Text(meta, "note");
        run.Attempt = Number(meta, "attempt") is { } attempt and > 0 and <= uint.MaxValue ? (uint)attempt : 0;
        if (Number(meta, "exit_code") is { } code and >= int.MinValue and <= int.MaxValue)
        {
            run.ExitCode = (int)code;
        }

        if (Object(meta, "summary") is { } summary)
        {
            run.SummaryJson = summary.GetRawText();
        }

        if (Object(meta, "git_info") is { } git)
        {
            run.GitCommit = Text(git, "commit");
            run.GitDirty = git.TryGetProperty("dirty", out var dirty) && dirty.ValueKind == JsonValueKind.True;
        }

        if (meta.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array)
        {
            run.Tags.AddRange(tags.EnumerateArray().Select(tag => tag.ValueKind == JsonValueKind.String ? Decode(tag) : "").Where(tag => tag.Length > 0));
        }
    }

    private static string Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Decode(value) : "";

    // A lone half of a surrogate pair is valid JSON and no text.
    private static string Decode(JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static double? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    private static JsonElement? Object(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static Timestamp? Time(JsonElement of, string name) =>
        DateTimeOffset.TryParse(
            Text(of, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            ? at.ToTimestamp()
            : null;
}

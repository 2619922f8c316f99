using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>A run in JSON. Each field is always there, null when it has no value; README.md beside this project documents them.</summary>
internal static class RunDocument
{
    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter json, RunView facts, DateTimeOffset now, Action<Utf8JsonWriter>? more = null)
    {
        var run = facts.Run;
        json.WriteStartObject();
        json.WriteString("run_id", run.RunId);
        json.WriteString("run_dir", run.RunDir);
        JobDocument.Number(json, "job_id", run.JobId > 0 ? run.JobId : null);
        json.WriteString("name", run.Name);
        json.WriteString("status", run.State.ToWord());
        JobDocument.Text(json, "reason", run.Reason);
        JobDocument.Text(json, "reason_detail", run.ReasonDetail);
        JobDocument.Time(json, "started_at", run.StartedAt);
        JobDocument.Time(json, "finished_at", run.FinishedAt);
        if (facts.Duration(now) is { } span)
        {
            json.WriteNumber("duration_seconds", Math.Round(span.TotalSeconds, 3));
        }
        else
        {
            json.WriteNull("duration_seconds");
        }

        JobDocument.Number(json, "exit_code", run.HasExitCode ? run.ExitCode : null);
        JobDocument.Number(json, "attempt", run.Attempt > 0 ? run.Attempt : null);
        JobDocument.List(json, "tags", run.Tags);
        json.WritePropertyName("config");
        facts.Config.WriteTo(json);
        json.WritePropertyName("summary");
        facts.Summary.WriteTo(json);
        JobDocument.Text(json, "hostname", run.Hostname);
        JobDocument.Text(json, "owner", run.Owner);
        JobDocument.Text(json, "note", run.Note);
        JobDocument.Text(json, "git_commit", run.GitCommit);
        json.WriteBoolean("git_dirty", run.GitDirty);
        JobDocument.Text(json, "problem", run.Problem);
        more?.Invoke(json);
        json.WriteEndObject();
    }
}

using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>A job in JSON. Each field is always there, null when it has no value; README.md beside this project documents them.</summary>
internal static class JobDocument
{
    /// <summary>Name of the log within a run directory.</summary>
    public const string LogName = "output.log";

    /// <summary>Writes one object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="job">The job.</param>
    /// <param name="more">Writes more fields at the end of the object.</param>
    public static void Write(Utf8JsonWriter json, Job job, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        json.WriteNumber("id", job.Id);
        json.WriteString("uid", job.Uid);
        Text(json, "client_job_id", job.ClientJobId);
        json.WriteString("name", job.Name);
        List(json, "tags", job.Tags);
        json.WriteNumber("priority", job.Priority);
        List(json, "command_argv", job.CommandArgv);
        json.WriteString("workdir", job.Workdir);
        Config(json, job.ConfigJson);
        json.WriteString("owner", job.Owner);
        json.WriteNumber("owner_uid", job.OwnerUid);
        json.WriteString("state", job.State.ToWord());
        Text(json, "reason", job.Reason);
        Text(json, "reason_detail", job.ReasonDetail);
        Number(json, "exit_code", job.HasExitCode ? job.ExitCode : null);
        Number(json, "signal", job.Signal > 0 ? job.Signal : null);
        json.WriteNumber("attempt", job.Attempt);
        json.WriteNumber("max_attempts", job.MaxAttempts);
        Time(json, "created_at", job.CreatedAt);
        Time(json, "started_at", job.StartedAt);
        Time(json, "finished_at", job.FinishedAt);
        Time(json, "cancel_requested_at", job.CancelRequestedAt);
        Text(json, "run_id", job.RunId);
        Text(json, "run_dir", job.RunDir);
        Text(json, "log_path", job.RunDir.Length == 0 ? "" : Path.Combine(job.RunDir, LogName));
        Number(json, "pid", job.Pid > 0 ? job.Pid : null);
        Text(json, "node", job.Node);
        Number(json, "parent_job_id", job.ParentJobId > 0 ? job.ParentJobId : null);
        Number(json, "max_rss_bytes", job.MaxRssBytes > 0 ? job.MaxRssBytes : null);
        Seconds(json, "cpu_seconds", job.CpuTime);
        Text(json, "on_lost", job.OnLost.ToWord());
        Text(json, "on_daemon_loss", job.OnDaemonLoss.ToWord());
        Seconds(json, "kill_grace_seconds", job.KillGracePeriod);
        LimitsDocument.Write(json, job);
        json.WriteNumber("losses", job.Losses);
        Time(json, "eligible_at", job.EligibleAt);
        UsageDocument.Write(json, "usage", job.Usage);
        UsageDocument.WriteLive(json, job.Live);
        Text(json, "stalled", job.Stalled);
        Time(json, "heartbeat_at", job.HeartbeatAt);
        Time(json, "lease_expires_at", job.LeaseExpiresAt);
        more?.Invoke(json);
        json.WriteEndObject();
    }

    public static void Time(Utf8JsonWriter json, string name, Timestamp? at) => Text(json, name, at is null ? "" : Times.Iso(at));

    /// <summary>A string, or null for an empty one.</summary>
    public static void Text(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Seconds(Utf8JsonWriter json, string name, Duration? span)
    {
        if (span is { } value)
        {
            json.WriteNumber(name, value.ToTimeSpan().TotalSeconds);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void List(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    // What the daemon stored was checked when it was submitted; if it is damaged after all, it is shown as it is.
    private static void Config(Utf8JsonWriter json, string config)
    {
        json.WritePropertyName("config");
        try
        {
            using var document = JsonDocument.Parse(config.Length == 0 ? "{}" : config);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(config);
        }
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>A notice for machines. The README describes the fields; fields may be added, none changes.</summary>
internal static class NoticeJson
{
    private const int MostOfCommand = 4096;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One notice.</summary>
    public static byte[] Write(Notice notice, string host, string text, JobNews? news, IReadOnlyList<string> lines) => Format(json =>
    {
        json.WriteString("text", text);
        WriteNotice(json, notice, news);
        json.WriteString("host", host);
        json.WriteString("log_tail", string.Join('\n', lines));
    });

    /// <summary>Several in one; <c>id</c> is that of the newest.</summary>
    public static byte[] WriteDigest(Notice newest, string host, string text, IReadOnlyList<(Notice Notice, JobNews? News)> all) => Format(json =>
    {
        json.WriteString("text", text);
        json.WriteString("event", "digest");
        json.WriteNumber("id", newest.Id);
        json.WriteString("at", Iso(newest.What.CreatedAt));
        json.WriteString("host", host);
        json.WriteStartArray("notices");
        foreach (var (notice, news) in all)
        {
            json.WriteStartObject();
            WriteNotice(json, notice, news);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static byte[] Format(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNotice(Utf8JsonWriter json, Notice notice, JobNews? news)
    {
        json.WriteString("event", NoticeRules.Format(notice.What.Event));
        json.WriteNumber("id", notice.Id);
        json.WriteString("at", Iso(notice.What.CreatedAt));
        json.WriteString("what", news?.Happened?.Trigger.ToWord());
        json.WriteString("reason", news?.Why ?? notice.What.Text);
        json.WritePropertyName("job");
        if (news is null)
        {
            json.WriteNullValue();
        }
        else
        {
            WriteJob(json, news.Job, news.Happened);
        }
    }

    private static void WriteJob(Utf8JsonWriter json, Job job, JobEvent? happened)
    {
        json.WriteStartObject();
        json.WriteNumber("id", job.Id);
        json.WriteString("uid", job.Settings.Uid);
        json.WriteString("name", job.Settings.Name);
        json.WriteString("owner", job.Owner.Name);
        json.WriteString("state", (happened?.To ?? job.State).ToWord());
        json.WriteString("reason", (happened?.Reason ?? job.Reason).ToWord());
        json.WriteString("reason_detail", happened is null ? job.ReasonDetail : happened.Detail);
        WriteArray(json, "command_argv", Bounded(job.Settings.CommandArgv));
        WriteArray(json, "tags", job.Settings.Tags);
        Number(json, "attempt", job.Attempt?.Key.Number);
        Number(json, "exit_code", job.Attempt?.ExitCode);
        Number(json, "signal", job.Attempt?.Signal is > 0 and var signal ? signal : null);
        json.WriteString("run_dir", job.Attempt?.RunDir);
        json.WriteString("created_at", Iso(job.CreatedAt));
        json.WriteString("started_at", Iso(job.Attempt?.StartedAt));
        json.WriteString("finished_at", Iso(job.FinishedAt ?? job.Attempt?.FinishedAt));
        json.WriteEndObject();
    }

    /// <summary>A command may have megabytes; a message must not.</summary>
    private static IEnumerable<string> Bounded(IReadOnlyList<string> argv)
    {
        var left = MostOfCommand;
        foreach (var argument in argv)
        {
            if (argument.Length > left)
            {
                yield return "...";
                yield break;
            }

            left -= argument.Length + 1;
            yield return argument;
        }
    }

    private static string? Iso(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    private static void Number(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}

using System.Buffers;
using System.Text.Json;
using Whirr.Domain.Jobs;

namespace Whirr.Runs;

/// <summary>The format of <c>meta.json</c>: one JSON object about a run.</summary>
/// <remarks>
/// Several programs write to it: whirr when an attempt starts and when it ends, the Python package while it runs. So nobody writes the
/// whole file: each has a patch, merged into what is there member by member (RFC 7396, at the top level), and members that whirr does
/// not know stay. Times are UTC, <c>2026-01-31T23:59:59.123Z</c>.
/// </remarks>
public static class RunMeta
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The patch for the start of the current attempt of <paramref name="job"/>.</summary>
    public static byte[] AtStart(Job job, string hostName, DateTimeOffset startedAt) => Write(json =>
    {
        json.WriteString("run_id"u8, job.RunId);
        json.WriteString("name"u8, job.Settings.Name);
        json.WriteString("status"u8, JobState.Running.ToWord());
        json.WriteString("started_at"u8, Format(startedAt));
        if (job.Attempt is not { Key.Number: > 1 })
        {
            // What was added to or taken from them since the first attempt stays so.
            WriteList(json, "tags", job.Settings.Tags);
        }

        json.WriteString("config_file"u8, RunFiles.Config);
        json.WriteNumber("job_id"u8, job.Id);
        json.WriteString("job_uid"u8, job.Settings.Uid);
        json.WriteNumber("attempt"u8, job.Attempt?.Key.Number ?? 1);
        WriteList(json, "command_argv", job.Settings.CommandArgv);
        json.WriteString("workdir"u8, job.Settings.Workdir);
        json.WriteString("hostname"u8, hostName);
        json.WriteString("user"u8, job.Owner.Name);

        // The end of the attempt before is not the end of this one.
        foreach (var member in EndMembers)
        {
            json.WriteNull(member);
        }
    });

    /// <summary>The patch for the end of an attempt.</summary>
    public static byte[] AtEnd(RunEnd end) => Write(json =>
    {
        json.WriteString("status"u8, end.Status.ToWord());
        json.WriteString("finished_at"u8, Format(end.EndedAt));
        if (end.StartedAt is { } startedAt)
        {
            json.WriteString("started_at"u8, Format(startedAt));
            json.WriteNumber("duration_seconds"u8, Math.Max(0, Math.Round((end.EndedAt - startedAt).TotalSeconds, 3)));
        }

        if (end.ExitCode is { } code)
        {
            json.WriteNumber("exit_code"u8, code);
        }

        if (end.Signal > 0)
        {
            json.WriteString("signal"u8, SignalNames.Describe(end.Signal));
        }

        if (end.Reason != EndReason.None)
        {
            json.WriteString("reason"u8, end.Reason.ToWord());
        }

        if (end.ReasonDetail is { } detail)
        {
            json.WriteString("reason_detail"u8, detail);
        }

        if (end.Usage is { } usage)
        {
            json.WriteStartObject("usage"u8);
            json.WriteNumber("max_rss_bytes"u8, usage.MaxRssBytes);
            json.WriteNumber("cpu_seconds"u8, Math.Round(usage.CpuTime.TotalSeconds, 6));
            json.WriteEndObject();
        }
    });

    /// <summary>Merges a patch into what a file holds.</summary>
    /// <param name="existing">Content of the file; empty when there is none.</param>
    /// <param name="patch">A JSON object. A member that is null removes the member of that name.</param>
    /// <returns>The new content; null when <paramref name="existing"/> is damaged: not one whole JSON object.</returns>
    public static byte[]? Merge(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> patch)
    {
        List<(string Name, byte[] Value)> members = [];
        if (!existing.IsEmpty && !TryReadMembers(existing, members))
        {
            return null;
        }

        List<(string Name, byte[] Value)> changes = [];
        if (!TryReadMembers(patch, changes))
        {
            throw new ArgumentException("not a JSON object", nameof(patch));
        }

        foreach (var change in changes)
        {
            Apply(members, change);
        }

        return Write(json =>
        {
            foreach (var (name, value) in members)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }
        });
    }

    /// <summary>The UUID of the job that a file tells of, 36 characters; null when it tells of none, or is damaged.</summary>
    public static string? JobUidOf(ReadOnlySpan<byte> content)
    {
        List<(string Name, byte[] Value)> members = [];
        if (!TryReadMembers(content, members) || members.FindIndex(member => member.Name == "job_uid") is not (>= 0 and var index))
        {
            return null;
        }

        var json = new Utf8JsonReader(members[index].Value);
        return json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;
    }

    private static readonly string[] EndMembers =
        ["finished_at", "duration_seconds", "exit_code", "signal", "reason", "reason_detail", "usage"];

    private static void Apply(List<(string Name, byte[] Value)> members, (string Name, byte[] Value) change)
    {
        var index = members.FindIndex(member => member.Name == change.Name);
        if (change.Value.AsSpan().SequenceEqual("null"u8))
        {
            if (index >= 0)
            {
                members.RemoveAt(index);
            }
        }
        else if (index >= 0)
        {
            members[index] = change;
        }
        else
        {
            members.Add(change);
        }
    }

    private static bool TryReadMembers(ReadOnlySpan<byte> content, List<(string Name, byte[] Value)> members)
    {
        try
        {
            var json = new Utf8JsonReader(content);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString() ?? "";
                json.Read();
                var start = (int)json.TokenStartIndex;
                json.Skip();
                members.Add((name, content[start..(int)json.BytesConsumed].ToArray()));
            }

            // Reads on to the end, so that text after the object is found too.
            return !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Format(DateTimeOffset at) => at.UtcDateTime.ToString(TimeFormat, null);
}

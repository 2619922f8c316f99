using System.Text;
using System.Text.Json;
using Whirr.Domain.Jobs;

namespace Whirr.Runs;

/// <summary>Reads <c>meta.json</c> for what whirr knows in it, whatever state the file is in.</summary>
/// <remarks>
/// Scripts, crashes and later versions write to it. So nothing in it is an error: a file that is cut off is read as far as it goes, a
/// member of another type is passed over, and what was wrong is said in a sentence. Never throws.
/// </remarks>
public ref partial struct RunMetaReader
{
    /// <summary>The version of the format that this build knows; a file without <c>format_version</c> has it.</summary>
    public const int KnownVersion = 1;

    private const int MostTags = 1000;
    private const int MostSummaryBytes = 512 * 1024;

    private readonly ReadOnlySpan<byte> _content;
    private Utf8JsonReader _json;
    private RunFacts _facts = RunFacts.None;
    private string? _problem;

    private RunMetaReader(ReadOnlySpan<byte> content)
    {
        _content = content;
        _json = new Utf8JsonReader(content);
    }

    /// <summary>Reads the content of a file.</summary>
    public static RunFacts Read(ReadOnlySpan<byte> content)
    {
        var reader = new RunMetaReader(content);
        if (reader.TryRead())
        {
            return reader.Result;
        }

        // Python's json writes NaN as a bare word, which is no JSON.
        if (BareNumbers.Quote(content) is not { } quoted)
        {
            return reader.Result;
        }

        var second = new RunMetaReader(quoted);
        _ = second.TryRead();
        return second.Result;
    }

    private readonly RunFacts Result => _facts with { Problem = _problem };

    private bool TryRead()
    {
        try
        {
            if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            {
                _problem = "meta.json is not a JSON object";
                return false;
            }

            while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember();
            }

            // Reads on to the end, so that text after the object is found too.
            _ = _json.Read();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _problem = _content.IsEmpty ? "meta.json is empty" : "meta.json is damaged: it is not one whole JSON object";
            return false;
        }
    }

    private void ReadMember()
    {
        var name = ReadName();
        _json.Read();
        switch (name)
        {
            case "format_version": CheckVersion(); break;
            case "run_id": _facts = _facts with { RunId = Text(name) }; break;
            case "name": _facts = _facts with { Name = Text(name) }; break;
            case "status": ReadStatus(name); break;
            case "started_at": _facts = _facts with { StartedAt = Time(name) }; break;
            case "finished_at": _facts = _facts with { FinishedAt = Time(name) }; break;
            case "duration_seconds": _facts = _facts with { Duration = Seconds(name) }; break;
            case "tags": _facts = _facts with { Tags = Tags() }; break;
            case "summary": _facts = _facts with { SummaryJson = Summary() }; break;
            case "git_info": ReadGit(); break;
            case "hostname": _facts = _facts with { Hostname = Text(name) }; break;
            case "user": _facts = _facts with { User = Text(name) }; break;
            case "job_id": _facts = _facts with { JobId = Number(name, 1, long.MaxValue) }; break;
            case "job_uid": _facts = _facts with { JobUid = Uid(name) }; break;
            case "attempt": _facts = _facts with { Attempt = (int?)Number(name, 1, int.MaxValue) }; break;
            case "exit_code": _facts = _facts with { ExitCode = (int?)Number(name, int.MinValue, int.MaxValue) }; break;
            case "reason": _facts = _facts with { Reason = Text(name) }; break;
            case "reason_detail": _facts = _facts with { ReasonDetail = Text(name) }; break;
            case "note": _facts = _facts with { Note = Text(name) }; break;
            case "pid": _facts = _facts with { Pid = (int?)Number(name, 1, int.MaxValue) }; break;
            case "boot_id": _facts = _facts with { BootId = Text(name) }; break;
            default: _json.Skip(); break;
        }
    }

    private void CheckVersion()
    {
        if (Number("format_version", 1, long.MaxValue) is > KnownVersion and var version)
        {
            _problem ??= $"meta.json has format {version}, which a later whirr wrote; this one knows {KnownVersion} and reads what it can";
        }
    }

    private void ReadStatus(string name)
    {
        if (Text(name) is not { } word)
        {
            return;
        }

        if (JobStates.TryParse(word, out var state))
        {
            _facts = _facts with { Status = state };
        }
        else
        {
            Refuse(name, "a state that is known");
        }
    }

    private void ReadGit()
    {
        if (!Expect(JsonTokenType.StartObject, "git_info", "an object"))
        {
            return;
        }

        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadName();
            _json.Read();
            switch (name)
            {
                case "commit": _facts = _facts with { GitCommit = Text("git_info.commit") }; break;
                case "branch": _facts = _facts with { GitBranch = Text("git_info.branch") }; break;
                case "dirty": _facts = _facts with { GitDirty = Truth("git_info.dirty") }; break;
                case "remote_url": _facts = _facts with { GitRemote = Text("git_info.remote_url") }; break;
                default: _json.Skip(); break;
            }
        }
    }

    private List<string> Tags()
    {
        List<string> tags = [];
        if (!Expect(JsonTokenType.StartArray, "tags", "a list"))
        {
            return tags;
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (Text("tags") is { } tag && tags.Count < MostTags)
            {
                tags.Add(tag);
            }
        }

        return tags;
    }

    private string? Summary()
    {
        var start = (int)_json.TokenStartIndex;
        if (!Expect(JsonTokenType.StartObject, "summary", "an object"))
        {
            return null;
        }

        _json.Skip();
        var bytes = _content[start..(int)_json.BytesConsumed];
        if (bytes.Length > MostSummaryBytes)
        {
            _problem ??= $"the summary in meta.json is larger than {MostSummaryBytes} bytes, and left out here";
            return null;
        }

        // "{}" and blanks say nothing.
        return bytes.Length > 2 ? Encoding.UTF8.GetString(bytes) : null;
    }

    private string ReadName()
    {
        try
        {
            return _json.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}

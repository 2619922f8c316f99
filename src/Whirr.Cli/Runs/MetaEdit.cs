using System.Buffers;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Syntax;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>Changes members of <c>meta.json</c> in a run directory, with the rights of the caller.</summary>
/// <remarks>
/// The keeper and the script write the same file, each its own members. Writers take turns by flock(2) on the directory, and the new content takes the
/// place of the old in one step.
/// </remarks>
internal static class MetaEdit
{
    /// <summary>A larger file is no record of whirr.</summary>
    public const int MostBytes = 8 << 20;

    private const int FormatVersion = 1;
    private const string Temporary = ".meta.json.whirrctl";

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);

    /// <summary>Reads the record and changes it.</summary>
    /// <param name="session">Gets remarks.</param>
    /// <param name="runDir">Absolute path of the run directory.</param>
    /// <param name="change">Writes the members to set into an object, null for those to remove; gets what is there.</param>
    /// <exception cref="CommandFailure">The directory is another's, the record is damaged, or it cannot be written.</exception>
    public static async Task ApplyAsync(Session session, string runDir, Action<JsonElement, Utf8JsonWriter> change)
    {
        var shown = SafeText.Quote(runDir);
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            CheckOwner(shown, directory.Owner, Users.Caller, "change");
            if (!await directory.TryLockAsync(LockPatience, session.Surroundings.Clock))
            {
                throw new CommandFailure(FailureKind.Files, $"somebody else is changing the records in {shown}; nothing was changed. Try again.");
            }

            var existing = directory.Read(RunFiles.Meta, MostBytes) ?? [];
            using var record = Parse(existing) ?? throw new CommandFailure(
                FailureKind.Files,
                $"{RunFiles.Meta} in {shown} is damaged: it is not one whole JSON object. Nothing was changed; repair it, or move it away.");
            TellOfLaterFormat(session, shown, record.RootElement);
            var patch = Patch(record.RootElement, change);
            if (RunMeta.Merge(existing, patch) is { } content && !content.AsSpan().SequenceEqual(existing))
            {
                directory.Replace(RunFiles.Meta, Temporary, content);
            }
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot change the records in {shown}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    /// <summary>The owner of a directory could lead whoever writes to it elsewhere, so nobody writes to that of another; root neither.</summary>
    /// <exception cref="CommandFailure">It is another's.</exception>
    public static void CheckOwner(string shown, uint owner, uint caller, string what)
    {
        if (owner != caller)
        {
            var name = SafeText.Escape(Users.Name(owner));
            var login = name.Contains(' ') ? $"'#{owner}'" : name;
            throw new CommandFailure(
                FailureKind.PermissionDenied,
                $"{shown} belongs to {name}, and only {name} can {what} it."
                    + (caller == Users.Root ? $" As root, do it as {name}: `sudo -u {login} whirrctl ...`." : ""));
        }
    }

    private static JsonDocument? Parse(byte[] content)
    {
        try
        {
            var document = JsonDocument.Parse(content.Length == 0 ? "{}"u8.ToArray() : content);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Told by the caller.
        }

        return null;
    }

    private static void TellOfLaterFormat(Session session, string shown, JsonElement record)
    {
        if (record.TryGetProperty("format_version", out var version)
            && version.ValueKind == JsonValueKind.Number
            && version.GetDouble() > FormatVersion)
        {
            session.Note($"whirrctl: {RunFiles.Meta} in {shown} is of format {version}, newer than this whirrctl knows ({FormatVersion}); all else in it stays");
        }
    }

    private static byte[] Patch(JsonElement record, Action<JsonElement, Utf8JsonWriter> change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            change(record, json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

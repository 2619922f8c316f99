using System.Text;
using System.Text.Json;

namespace Whirr.Runs;

/// <summary>Reads <c>config.json</c>: one JSON object, which is whatever the user says it is.</summary>
public static class RunConfigReader
{
    /// <summary>A larger one is not looked into.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The object as it is in the file, but with quotes around numbers that JSON does not have.</summary>
    /// <param name="content">Content of the file.</param>
    /// <param name="problem">Why there is none, in a sentence; null: it has no members, or all is well.</param>
    public static string? Read(ReadOnlySpan<byte> content, out string? problem)
    {
        problem = null;
        if (IsObject(content, out var isEmpty))
        {
            return isEmpty ? null : Encoding.UTF8.GetString(content).Trim();
        }

        if (BareNumbers.Quote(content) is { } quoted && IsObject(quoted, out _))
        {
            return Encoding.UTF8.GetString(quoted).Trim();
        }

        problem = "config.json is not a JSON object";
        return null;
    }

    private static bool IsObject(ReadOnlySpan<byte> content, out bool isEmpty)
    {
        isEmpty = true;
        try
        {
            var json = new Utf8JsonReader(content);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (json.Read())
            {
                isEmpty &= json.TokenType == JsonTokenType.EndObject;
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

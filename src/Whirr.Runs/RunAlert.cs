using System.Text.Json;

namespace Whirr.Runs;

/// <summary>A line of <c>alerts.jsonl</c>: something that a script wants people to know.</summary>
/// <param name="Timestamp">As it is written; empty when it is not.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> (also for everything else that is written there) or <c>error</c>.</param>
/// <param name="Title">Never empty.</param>
/// <param name="Text">May be empty.</param>
public sealed record RunAlert(string Timestamp, string Level, string Title, string Text)
{
    /// <summary>Reads a line; null when it is not one JSON object with a title.</summary>
    /// <param name="line">UTF-8, with or without the newline.</param>
    public static RunAlert? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Read(ref reader) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string in it that is no text.
            return null;
        }
    }

    private static RunAlert? Read(ref Utf8JsonReader reader)
    {
        var alert = new RunAlert("", "warn", "", "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }

            alert = name switch
            {
                "_timestamp" => alert with { Timestamp = reader.GetString()! },
                "level" => alert with { Level = reader.GetString() switch { "info" => "info", "error" => "error", _ => "warn" } },
                "title" => alert with { Title = reader.GetString()! },
                "text" => alert with { Text = reader.GetString()! },
                _ => alert,
            };
        }

        // The reader throws at the next step when something follows.
        reader.Read();
        return alert.Title.Length > 0 ? alert : null;
    }
}

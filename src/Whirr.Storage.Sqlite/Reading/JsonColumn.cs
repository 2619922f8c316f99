using System.Text.Json;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Reads the JSON arrays that the store writes.</summary>
internal static class JsonColumn
{
    public static IReadOnlyList<string> Strings(ReadOnlySpan<byte> json)
    {
        var reader = StartArray(json);
        var values = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            values.Add(reader.GetString()!);
        }

        return values;
    }

    public static IReadOnlyList<uint> Numbers(ReadOnlySpan<byte> json)
    {
        var reader = StartArray(json);
        var values = new List<uint>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            values.Add(reader.GetUInt32());
        }

        return values;
    }

    private static Utf8JsonReader StartArray(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader;
    }
}

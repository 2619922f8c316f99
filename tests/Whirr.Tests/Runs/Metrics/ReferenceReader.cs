using System.Text.Json;

namespace Whirr.Tests.Runs.Metrics;

/// <summary>What the framework's JSON reader says about a line: slow, strict, and not ours.</summary>
internal static class ReferenceReader
{
    /// <summary>It is JSON, with half of a surrogate pair in a text, which the framework does not decode.</summary>
    public static readonly SortedDictionary<string, long> Undecodable = new(StringComparer.Ordinal);

    /// <summary>Names and numbers; null for what is not one JSON object. Bits, so that -0 and 0 differ.</summary>
    public static SortedDictionary<string, long>? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            Flatten(document.RootElement, "", 0, found);
            return found;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return Undecodable;
        }
    }

    private static void Flatten(JsonElement of, string prefix, int depth, SortedDictionary<string, long> found)
    {
        foreach (var member in of.EnumerateObject())
        {
            var name = depth == 0 ? member.Name : $"{prefix}.{member.Name}";
            var value = member.Value;
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    Flatten(value, name, depth + 1, found);
                    break;
                case JsonValueKind.Number:
                    found[name] = BitConverter.DoubleToInt64Bits(value.GetDouble());
                    break;
                case JsonValueKind.String when name == "_timestamp" && Time(value.GetString()!) is { } time:
                    found[name] = BitConverter.DoubleToInt64Bits(time);
                    break;
                case JsonValueKind.String when Word(value.GetString()!) is { } word:
                    found[name] = BitConverter.DoubleToInt64Bits(word);
                    break;
                case JsonValueKind.Array:
                    break;
                default:
                    found.Remove(name);
                    break;
            }
        }
    }

    private static double? Word(string text) => text.ToLowerInvariant() switch
    {
        "nan" or "+nan" or "-nan" => double.NaN,
        "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => null,
    };

    // The exact form only: what else counts as a time has a test of its own.
    private static double? Time(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeSeconds() + (at.Millisecond / 1000.0)
            : null;
}

using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>Numbers of metrics in JSON, which has no infinities: those are the strings that metrics.jsonl has for them.</summary>
internal static class MetricJson
{
    public static string? Word(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "Infinity" : double.IsNegativeInfinity(value) ? "-Infinity" : null;

    /// <summary>A number, or its word.</summary>
    public static void Write(Utf8JsonWriter json, double value)
    {
        if (Word(value) is { } word)
        {
            json.WriteStringValue(word);
        }
        else
        {
            json.WriteNumberValue(value);
        }
    }

    /// <summary>For those who take null for not-a-number, as data frames do.</summary>
    public static void WriteOrNull(Utf8JsonWriter json, double value)
    {
        if (double.IsNaN(value))
        {
            json.WriteNullValue();
        }
        else
        {
            Write(json, value);
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>Values of configurations, summaries and metrics as text.</summary>
internal static class ValueText
{
    /// <summary>For people: numbers with five digits that count, e.g. <c>0.93128</c>, <c>1e-05</c>.</summary>
    public static string Short(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && !value.TryGetInt64(out _) && value.TryGetDouble(out var number) ? Short(number) : Whole(value);

    public static string Short(double number) => number.ToString("G5", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    /// <summary>As it is: texts without quotes, all else as JSON.</summary>
    public static string Whole(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() ?? "",
                JsonValueKind.Null or JsonValueKind.Undefined => "",
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is valid JSON and no text.
            return value.GetRawText();
        }
    }

    /// <summary>E.g. <c>acc=0.93 loss=0.12</c>.</summary>
    public static string Pairs(JsonElement members) =>
        string.Join(' ', members.EnumerateObject().Select(member => $"{member.Name}={Short(member.Value)}"));
}

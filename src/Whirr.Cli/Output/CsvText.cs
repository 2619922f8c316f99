namespace Whirr.Cli.Output;

/// <summary>Comma-separated values, RFC 4180, with a plain newline at the end of a line.</summary>
internal static class CsvText
{
    public static string Line(IEnumerable<string> values) => string.Join(',', values.Select(Quote)) + "\n";

    private static string Quote(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}

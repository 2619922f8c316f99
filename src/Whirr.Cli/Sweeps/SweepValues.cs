using System.Globalization;
using System.Text.Json;
using Whirr.Cli.Failures;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Whirr.Cli.Sweeps;

/// <summary>Reads values of parameters: texts, numbers, truth values, null, and lists of them, as the core schema of YAML 1.2 has them.</summary>
internal static class SweepValues
{
    private const int Deepest = 8;

    /// <exception cref="CommandFailure">It is a mapping, or too deep.</exception>
    public static SweepValue Read(SweepFile file, YamlNode node) => Read(file, node, Deepest);

    private static SweepValue Read(SweepFile file, YamlNode node, int depth)
    {
        switch (node)
        {
            case YamlScalarNode { Style: ScalarStyle.Plain } plain:
                return Plain(plain.Value ?? "");
            case YamlScalarNode quoted:
                return quoted.Value is { } text && !text.Contains('\0')
                    ? SweepValue.Of(text)
                    : throw file.Wrong(node.Start.Line, "a value cannot hold a NUL character.");
            case YamlSequenceNode list when depth > 0:
                var json = $"[{string.Join(',', list.Children.Select(child => Read(file, child, depth - 1).Json))}]";
                return new SweepValue(json, json);
            default:
                throw file.Wrong(node.Start.Line, "a value is a text, a number, true, false, null or a list of them.");
        }
    }

    private static SweepValue Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new SweepValue("null", "null"),
        "true" or "True" or "TRUE" => new SweepValue("true", text),
        "false" or "False" or "FALSE" => new SweepValue("false", text),
        _ => Number(text) ?? SweepValue.Of(text),
    };

    private static SweepValue? Number(string text)
    {
        if (!char.IsAsciiDigit(text[^1]) && text[^1] != '.'
            || !double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
        {
            return null;
        }

        if (IsJson(text))
        {
            return text.AsSpan().ContainsAny(".eE") ? SweepValue.Written(number, text) : new SweepValue(text, text);
        }

        // 007 is an identifier; +1, .5 and 1. are numbers that JSON writes otherwise.
        return text.TrimStart('+', '-') is ['0', >= '0' and <= '9', ..] ? null : SweepValue.Written(number, SweepValue.Plain(number));
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Globalization;

namespace Whirr.Daemon.Configuration;

/// <summary>Reads the texts of settings. What cannot be read is thrown as <see cref="FormatException"/> with a sentence for the user.</summary>
internal static class SettingText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Letter, long Size)[] ByteUnits = [("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40)];

    public static string Path(string text)
    {
        if (!text.StartsWith('/'))
        {
            throw new FormatException($"\"{text}\" is not an absolute path");
        }

        return text.Length > 1 ? text.TrimEnd('/') : text;
    }

    public static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"\"{text}\" is not a whole number from {least} to {most}");

    /// <summary>A number of seconds, or a number with ms, s, m, h or d.</summary>
    public static TimeSpan Duration(string text, TimeSpan most)
    {
        var (digits, unit) = (text, TimeSpan.FromSeconds(1));
        foreach (var (name, length) in Units)
        {
            if (text.EndsWith(name, StringComparison.Ordinal))
            {
                (digits, unit) = (text[..^name.Length].TrimEnd(), length);
                break;
            }
        }

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit <= most
            ? number * unit
            : throw new FormatException($"\"{text}\" is not a duration from 0 to {most.TotalDays:0.##}d, such as 10s, 500ms or 2m");
    }

    /// <summary>As <see cref="Duration(string, TimeSpan)"/>, with a least value.</summary>
    public static TimeSpan Duration(string text, TimeSpan least, TimeSpan most) => Duration(text, most) is { } duration && duration >= least
        ? duration
        : throw new FormatException($"\"{text}\" is less than {least.TotalSeconds:0.###}s");

    /// <summary>A number of bytes, or a number with KiB, MiB, GiB or TiB (also K, M, G, T).</summary>
    public static long Bytes(string text)
    {
        var (digits, unit) = (text, 1L);
        foreach (var (letter, size) in ByteUnits)
        {
            if (text.EndsWith(letter, StringComparison.OrdinalIgnoreCase) || text.EndsWith($"{letter}iB", StringComparison.OrdinalIgnoreCase))
            {
                (digits, unit) = (text[..text.LastIndexOf(letter, StringComparison.OrdinalIgnoreCase)].TrimEnd(), size);
            }
        }

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit <= long.MaxValue / 4
            ? (long)(number * unit)
            : throw new FormatException($"\"{text}\" is not a number of bytes, such as 500M, 1GiB or 0");
    }

    /// <summary>The text that <see cref="Bytes(string)"/> reads back.</summary>
    public static string Bytes(long bytes)
    {
        foreach (var (letter, size) in ByteUnits.Reverse())
        {
            if (bytes > 0 && bytes % size == 0)
            {
                return $"{bytes / size}{letter}iB";
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    public static T Choice<T>(string text, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        foreach (var (word, value) in choices)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        var words = new List<string>();
        foreach (var (word, _) in choices)
        {
            words.Add(word);
        }

        throw new FormatException($"\"{text}\" is not one of {string.Join(", ", words)}");
    }
}

using System.Globalization;
using System.Text.Json;

namespace Whirr.Cli.Sweeps;

/// <summary>A value of a parameter.</summary>
/// <param name="Json">As it stands in the configuration.</param>
/// <param name="Text">As it stands on the command line.</param>
internal readonly record struct SweepValue(string Json, string Text)
{
    // Below it, numbers are easier to read with an exponent.
    private const double Small = 1e-4;

    // Drawn values have no more digits than anybody reads, and the same ones in the configuration and on the command line.
    private const int DrawnDigits = 6;

    public static SweepValue Of(string text) => new($"\"{JsonEncodedText.Encode(text)}\"", text);

    public static SweepValue Of(long number) => new($"{number}", $"{number}");

    /// <summary>A number that was drawn, rounded.</summary>
    public static SweepValue Drawn(double number)
    {
        var shown = IsSmall(number) ? Exponent(number) : Plain(double.Parse(number.ToString($"G{DrawnDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        return new(shown, shown);
    }

    /// <summary>A number that was written, as JSON; nothing of it is lost.</summary>
    public static SweepValue Written(double number, string json)
    {
        var brief = Exponent(number);
        return new(json, IsSmall(number) && double.Parse(brief, CultureInfo.InvariantCulture) == number ? brief : json);
    }

    /// <summary>The shortest text that reads back as the same number and is JSON.</summary>
    public static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    private static bool IsSmall(double number) => number != 0 && Math.Abs(number) < Small;

    private static string Exponent(double number) => number.ToString("0.00e+00", CultureInfo.InvariantCulture);
}

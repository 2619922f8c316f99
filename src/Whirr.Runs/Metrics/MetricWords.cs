using System.Text;

namespace Whirr.Runs.Metrics;

/// <summary>The words that stand for numbers which JSON has not.</summary>
internal static class MetricWords
{
    /// <summary>Reads <c>NaN</c>, <c>Infinity</c>, <c>-inf</c> and the like, in any case. They are written as bare words or as strings.</summary>
    public static bool TryRead(ReadOnlySpan<byte> word, out double number)
    {
        var isNegative = word is [(byte)'-', ..];
        var rest = isNegative || word is [(byte)'+', ..] ? word[1..] : word;
        number = 0;
        if (rest.Length == 3 && Ascii.EqualsIgnoreCase(rest, "nan"u8))
        {
            number = double.NaN;
            return true;
        }

        if ((rest.Length == 3 && Ascii.EqualsIgnoreCase(rest, "inf"u8)) || (rest.Length == 8 && Ascii.EqualsIgnoreCase(rest, "infinity"u8)))
        {
            number = isNegative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return false;
    }
}

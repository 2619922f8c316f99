using System.Globalization;

namespace Whirr.Cli.Syntax;

/// <summary>Amounts of memory and disk space as people write them.</summary>
internal static class ByteText
{
    private const string Units = "KMGTP";

    /// <summary>Reads <c>1048576</c>, <c>512M</c>, <c>1.5G</c>, <c>8GiB</c>, in any case; the units are powers of 1,024.</summary>
    /// <remarks><c>8GB</c> is refused: some read it as powers of 1,000.</remarks>
    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        var rest = text.AsSpan().Trim();
        var digits = rest.TrimEnd("BbIiKkMmGgTtPp ");
        var unit = rest[digits.Length..].TrimStart();
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || FactorOf(unit) is not { } factor)
        {
            return false;
        }

        var amount = number * factor;

        // 4 EiB: past any machine, and far from where the number overflows.
        if (amount > 1UL << 62)
        {
            return false;
        }

        bytes = (ulong)Math.Ceiling(amount);
        return true;
    }

    private static double? FactorOf(ReadOnlySpan<char> unit)
    {
        if (unit.IsEmpty || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        var power = Units.IndexOf(char.ToUpperInvariant(unit[0])) + 1;
        var whole = unit.Length == 1 || unit[1..].Equals("iB", StringComparison.OrdinalIgnoreCase);
        return power > 0 && whole ? Math.Pow(1024, power) : null;
    }
}

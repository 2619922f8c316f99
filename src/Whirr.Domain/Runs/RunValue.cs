namespace Whirr.Domain.Runs;

/// <summary>Kinds of values, in the order in which they are sorted.</summary>
public enum RunValueKind
{
    Number,
    Text,

    /// <summary>The run does not have the field.</summary>
    Absent,
}

/// <summary>The value of a field of a run. Truth values are the words <c>true</c> and <c>false</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Of a number; NaN and infinities too.</param>
/// <param name="Text">Of a text, and a number as it was written.</param>
public readonly record struct RunValue(RunValueKind Kind, double Number, string Text)
{
    public static readonly RunValue Absent = new(RunValueKind.Absent, 0, "");

    public static RunValue Of(double number) => new(RunValueKind.Number, number, number.ToString("R"));

    public static RunValue Of(string text) => new(RunValueKind.Text, 0, text);

    public bool IsAbsent => Kind == RunValueKind.Absent;

    /// <summary>Reads a number as JSON, Python and people write it; also <c>NaN</c>, <c>Infinity</c>, <c>inf</c> with a sign, in any case.</summary>
    public static bool TryReadNumber(string text, out double number)
    {
        var digits = text.AsSpan().TrimStart("+-");
        if (text.Length - digits.Length <= 1)
        {
            if (digits.Equals("inf", StringComparison.OrdinalIgnoreCase) || digits.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            {
                number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
            }

            if (digits.Equals("nan", StringComparison.OrdinalIgnoreCase))
            {
                number = double.NaN;
                return true;
            }
        }

        number = 0;
        return digits.Length > 0 && (char.IsAsciiDigit(digits[0]) || digits[0] == '.')
            && double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The number that this is or spells.</summary>
    public bool TryAsNumber(out double number)
    {
        number = Number;
        return Kind == RunValueKind.Number || (Kind == RunValueKind.Text && TryReadNumber(Text, out number));
    }

    /// <summary>The order of two values that are there: numbers by size with NaN after all others, then texts by their characters.</summary>
    public static int Compare(RunValue left, RunValue right) =>
        left.Kind != right.Kind ? left.Kind.CompareTo(right.Kind)
        : left.Kind == RunValueKind.Text ? string.CompareOrdinal(left.Text, right.Text)
        : (double.IsNaN(left.Number), double.IsNaN(right.Number)) switch
        {
            (true, var both) => both ? 0 : 1,
            (false, true) => -1,
            _ => left.Number.CompareTo(right.Number),
        };
}

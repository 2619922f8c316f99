using System.Globalization;

namespace Whirr.Cli.Plots;

/// <summary>One axis: which values it shows and where.</summary>
internal sealed class PlotAxis
{
    private const int MostDecimals = 12;
    private const int MostTicks = 100;

    private readonly double _low;
    private readonly double _high;

    private PlotAxis(double low, double high, bool isLog) => (_low, _high, IsLog) = (low, high, isLog);

    public bool IsLog { get; }

    /// <summary>An axis for all of <paramref name="values"/> that can be shown; from 0 to 1 when none can.</summary>
    public static PlotAxis Of(IEnumerable<double> values, bool isLog)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (CanShow(value, isLog))
            {
                var at = isLog ? Math.Log10(value) : value;
                (low, high) = (Math.Min(low, at), Math.Max(high, at));
            }
        }

        if (low > high)
        {
            (low, high) = (0, 1);
        }
        else if (low == high)
        {
            var around = low == 0 ? 1 : Math.Abs(low) * 0.05;
            (low, high) = (Math.Max(low - around, double.MinValue), Math.Min(high + around, double.MaxValue));
        }

        return new PlotAxis(low, high, isLog);
    }

    /// <summary>0 at the low end, 1 at the high one; null for what cannot be shown.</summary>
    public double? Position(double value)
    {
        if (!CanShow(value, IsLog))
        {
            return null;
        }

        return Across(IsLog ? Math.Log10(value) : value);
    }

    /// <summary>About <paramref name="count"/> round values, with their texts. On a logarithmic axis whole powers of ten, and where the values
    /// span less than two of them round values between.</summary>
    public IReadOnlyList<(double Position, string Text)> Ticks(int count)
    {
        if (!IsLog)
        {
            return Ticks(_low, _high, count, Across, Text);
        }

        var decades = Ticks(_low, _high, count, Across, (exponent, _) => Power(exponent), leastStep: 1);
        return decades.Count >= 2 ? decades : TicksWithinDecade(count);
    }

    private IReadOnlyList<(double Position, string Text)> TicksWithinDecade(int count)
    {
        var (low, high) = (Math.Pow(10, _low), Math.Pow(10, _high));
        var ticks = Ticks(low, high, count, value => Across(Math.Log10(value)), Text);

        // Beyond what a double tells apart, or holds, there is nothing round.
        return ticks.Count >= 2 && ticks.DistinctBy(tick => tick.Text).Count() == ticks.Count ? ticks : [(0, Number(low)), (1, Number(high))];
    }

    private static List<(double Position, string Text)> Ticks(
        double low, double high, int count, Func<double, double> across, Func<double, double, string> text, double leastStep = 0)
    {
        var step = RoundUp(((high / 2) - (low / 2)) / Math.Max(count, 1) * 2);
        step = leastStep > 0 ? Math.Max(leastStep, Math.Round(step)) : step;
        var ticks = new List<(double, string)>();
        for (var at = Math.Ceiling(low / step); at * step <= high + (step * 1e-9) && ticks.Count < MostTicks; at++)
        {
            ticks.Add((across(at * step), text(at * step, step)));
        }

        return ticks;
    }

    // Halved, so that the largest numbers there are have a finite distance.
    private double Across(double at) => Math.Clamp(((at / 2) - (_low / 2)) / ((_high / 2) - (_low / 2)), 0, 1);

    /// <summary>A number as people read it: six digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture).Replace("E+0", "e", StringComparison.Ordinal)
        .Replace("E-0", "e-", StringComparison.Ordinal).Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e');

    private static bool CanShow(double value, bool isLog) => double.IsFinite(value) && (!isLog || value > 0);

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double RoundUp(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    private static string Power(double exponent) => Math.Abs(exponent) <= 4 ? Number(Math.Pow(10, exponent)) : $"1e{exponent:0}";

    private static string Text(double value, double step)
    {
        if (Math.Abs(value) < step / 2)
        {
            return "0";
        }

        var decimals = (int)Math.Max(0, -Math.Floor(Math.Log10(step)));
        return decimals > 6 || Math.Abs(value) >= 1e7 ? Number(value) : value.ToString($"F{Math.Min(decimals, MostDecimals)}", CultureInfo.InvariantCulture);
    }
}

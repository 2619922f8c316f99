namespace Whirr.Cli.Plots;

/// <summary>Where the parts of a picture lie: title above, axes around, legend below.</summary>
internal readonly struct PlotArea(int width, int height, int lines)
{
    private const int LegendLine = 22;

    public const int Left = 90;
    public int Right => width - 24;
    public const int Top = 40;
    public int Bottom => Math.Max(Top + 40, height - 56 - (lines * LegendLine));
    public int Width => Right - Left;
    public int Height => Bottom - Top;

    public double X(double position) => Left + (position * Width);
    public double Y(double position) => Bottom - (position * Height);

    /// <summary>The middle of a line of the legend.</summary>
    public int Legend(int line) => Bottom + 60 + (line * LegendLine);
}

/// <summary>Colours of lines that people with any kind of colour vision can tell apart (Okabe and Ito, 2008).</summary>
internal static class PlotColours
{
    private static readonly int[] All = [0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0xD55E00, 0x56B4E9, 0x7F7F7F, 0x000000];

    public static int Rgb(int line) => All[line % All.Length];

    public static string Hex(int line) => $"#{Rgb(line):x6}";
}

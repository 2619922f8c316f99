namespace Whirr.Cli.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Label">What it is, for the legend.</param>
/// <param name="Points">In the order in which they are connected; a value that cannot be shown is a gap.</param>
internal sealed record PlotLine(string Label, IReadOnlyList<(double X, double Y)> Points);

/// <summary>What is to be drawn, whatever it is drawn with.</summary>
/// <param name="Title">Above it.</param>
/// <param name="XLabel">Below it.</param>
/// <param name="Lines">The lines.</param>
/// <param name="IsLogY">The vertical axis is logarithmic.</param>
internal sealed record Plot(string Title, string XLabel, IReadOnlyList<PlotLine> Lines, bool IsLogY)
{
    public PlotAxis X { get; } = PlotAxis.Of(Lines.SelectMany(line => line.Points).Select(point => point.X), isLog: false);
    public PlotAxis Y { get; } = PlotAxis.Of(Lines.SelectMany(line => line.Points).Select(point => point.Y), IsLogY);

    /// <summary>The parts of a line without gaps, in positions from 0 to 1 (from the lower left corner).</summary>
    public IEnumerable<IReadOnlyList<(double X, double Y)>> Strokes(PlotLine line)
    {
        var stroke = new List<(double, double)>();
        foreach (var (x, y) in line.Points)
        {
            if (X.Position(x) is { } across && Y.Position(y) is { } up)
            {
                stroke.Add((across, up));
            }
            else if (stroke.Count > 0)
            {
                yield return stroke;
                stroke = [];
            }
        }

        if (stroke.Count > 0)
        {
            yield return stroke;
        }
    }
}

namespace Whirr.Cli.Plots;

/// <summary>Dots that lines are drawn with; each remembers the line that drew it last. Row 0 is at the top.</summary>
internal sealed class DotGrid(int width, int height)
{
    private readonly byte[] _dots = new byte[width * height];

    public int Width => width;
    public int Height => height;

    /// <summary>0 for none, else the number of the line plus one.</summary>
    public byte this[int x, int y] => _dots[(y * width) + x];

    /// <summary>Draws the lines of a plot over the whole grid.</summary>
    public static DotGrid Of(Plot plot, int width, int height)
    {
        var grid = new DotGrid(width, height);
        for (var at = 0; at < plot.Lines.Count; at++)
        {
            foreach (var stroke in plot.Strokes(plot.Lines[at]))
            {
                grid.Draw(stroke, (byte)(1 + (at % 255)));
            }
        }

        return grid;
    }

    private void Draw(IReadOnlyList<(double X, double Y)> stroke, byte line)
    {
        var (x, y) = Place(stroke[0]);
        _dots[(y * width) + x] = line;
        for (var at = 1; at < stroke.Count; at++)
        {
            var (toX, toY) = Place(stroke[at]);
            Connect(x, y, toX, toY, line);
            (x, y) = (toX, toY);
        }
    }

    private (int X, int Y) Place((double X, double Y) point) =>
        ((int)Math.Round(point.X * (width - 1)), (int)Math.Round((1 - point.Y) * (height - 1)));

    // Bresenham, "Algorithm for computer control of a digital plotter" (1965).
    private void Connect(int x, int y, int toX, int toY, byte line)
    {
        var (dx, dy) = (Math.Abs(toX - x), -Math.Abs(toY - y));
        var (stepX, stepY) = (x < toX ? 1 : -1, y < toY ? 1 : -1);
        var error = dx + dy;
        while (true)
        {
            _dots[(y * width) + x] = line;
            if (x == toX && y == toY)
            {
                return;
            }

            var twice = 2 * error;
            if (twice >= dy)
            {
                error += dy;
                x += stepX;
            }

            if (twice <= dx)
            {
                error += dx;
                y += stepY;
            }
        }
    }
}

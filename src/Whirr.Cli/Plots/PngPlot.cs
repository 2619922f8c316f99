using Whirr.Cli.Syntax;

namespace Whirr.Cli.Plots;

/// <summary>A plot as PNG.</summary>
internal static class PngPlot
{
    private const int White = 0xFFFFFF;
    private const int Black = 0x202020;
    private const int Grey = 0xDDDDDD;

    public static byte[] Draw(Plot plot, int width, int height)
    {
        var area = new PlotArea(width, height, plot.Lines.Count);
        var canvas = new Canvas(width, height);
        canvas.Text(width / 2, 20, plot.Title, 0.5, 2);
        foreach (var (position, text) in plot.Y.Ticks(Math.Max(2, area.Height / 60)))
        {
            var y = (int)area.Y(position);
            canvas.Fill(PlotArea.Left, y, area.Width, 1, Grey);
            canvas.Text(PlotArea.Left - 8, y, text, 1, 1);
        }

        foreach (var (position, text) in plot.X.Ticks(Math.Max(2, area.Width / 110)))
        {
            var x = (int)area.X(position);
            canvas.Fill(x, PlotArea.Top, 1, area.Height, Grey);
            canvas.Text(x, area.Bottom + 14, text, 0.5, 1);
        }

        canvas.Text((PlotArea.Left + area.Right) / 2, area.Bottom + 34, plot.XLabel, 0.5, 1);
        canvas.Fill(PlotArea.Left, PlotArea.Top, 1, area.Height, Black);
        canvas.Fill(PlotArea.Left, area.Bottom, area.Width, 1, Black);
        var grid = DotGrid.Of(plot, area.Width, area.Height);
        for (var y = 0; y < grid.Height; y++)
        {
            for (var x = 0; x < grid.Width; x++)
            {
                if (grid[x, y] is > 0 and var line)
                {
                    canvas.Fill(PlotArea.Left + x, PlotArea.Top + y, 2, 2, PlotColours.Rgb(line - 1));
                }
            }
        }

        for (var at = 0; at < plot.Lines.Count; at++)
        {
            canvas.Fill(PlotArea.Left, area.Legend(at) - 1, 24, 3, PlotColours.Rgb(at));
            canvas.Text(PlotArea.Left + 32, area.Legend(at), plot.Lines[at].Label, 0, 1);
        }

        return PngFile.Encode(canvas.Pixels, width);
    }

    private sealed class Canvas
    {
        private readonly int _width;
        private readonly int _height;

        public Canvas(int width, int height)
        {
            (_width, _height) = (width, height);
            Pixels = new int[width * height];
            Array.Fill(Pixels, White);
        }

        public int[] Pixels { get; }

        public void Fill(int left, int top, int width, int height, int rgb)
        {
            for (var y = Math.Max(top, 0); y < Math.Min(top + height, _height); y++)
            {
                for (var x = Math.Max(left, 0); x < Math.Min(left + width, _width); x++)
                {
                    Pixels[(y * _width) + x] = rgb;
                }
            }
        }

        /// <summary>Writes text.</summary>
        /// <param name="x">Where it is fixed: its beginning for <paramref name="anchor"/> 0, its end for 1.</param>
        /// <param name="middle">The middle of its height.</param>
        /// <param name="text">The text.</param>
        /// <param name="anchor">From 0 to 1.</param>
        /// <param name="scale">Pixels a dot.</param>
        public void Text(int x, int middle, string text, double anchor, int scale)
        {
            text = SafeText.Escape(text);
            var left = x - (int)(text.Length * PixelFont.Width * scale * anchor);
            var top = middle - (PixelFont.Height * scale / 2);
            for (var at = 0; at < text.Length; at++)
            {
                for (var column = 0; column < PixelFont.Width - 1; column++)
                {
                    var dots = PixelFont.Column(text[at], column);
                    for (var row = 0; row < 8; row++)
                    {
                        if ((dots >> row & 1) != 0)
                        {
                            Fill(left + (((at * PixelFont.Width) + column) * scale), top + (row * scale), scale, scale, Black);
                        }
                    }
                }
            }
        }
    }
}

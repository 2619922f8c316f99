using System.Text;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Plots;

/// <summary>A plot in characters: braille patterns of two by four dots, or plain ASCII.</summary>
internal static class TerminalPlot
{
    private const string Marks = "*+ox#@%&";
    private const int SmallestWidth = 30;
    private const int SmallestHeight = 6;

    // Bits of U+2800: the dots of a cell from the top, the left column first.
    private static readonly int[,] Bits = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };
    private static readonly int[] Colours = [36, 33, 35, 32, 31, 34, 96, 93];

    /// <summary>Draws it; <paramref name="width"/> and <paramref name="height"/> count characters, legend and axes included.</summary>
    public static string Draw(Plot plot, int width, int height, bool ascii, bool colours)
    {
        (width, height) = (Math.Max(width, SmallestWidth), Math.Max(height, SmallestHeight));
        var rows = height - 3;
        var ticks = plot.Y.Ticks(Math.Max(2, rows / 4)).ToDictionary(tick => (int)Math.Round((1 - tick.Position) * (rows - 1)), tick => tick.Text);
        var margin = Math.Min(ticks.Values.Select(text => text.Length).DefaultIfEmpty(1).Max(), width / 3);
        var columns = width - margin - 2;
        var grid = ascii ? DotGrid.Of(plot, columns, rows) : DotGrid.Of(plot, columns * 2, rows * 4);
        var page = new StringBuilder().Append(SafeText.Cut(SafeText.Escape(plot.Title), width)).Append('\n');
        for (var row = 0; row < rows; row++)
        {
            var tick = ticks.GetValueOrDefault(row, "");
            page.Append(SafeText.Cut(tick, margin).PadLeft(margin)).Append(ascii ? (tick.Length > 0 ? " +" : " |") : tick.Length > 0 ? " ┤" : " │");
            var line = new StringBuilder();
            for (var column = 0; column < columns; column++)
            {
                AppendCell(line, grid, column, row, ascii, colours);
            }

            page.Append(line.ToString().TrimEnd()).Append('\n');
        }

        page.Append(' ', margin + 1).Append(ascii ? '+' : '└').Append(ascii ? '-' : '─', columns).Append('\n');
        page.Append(' ', margin + 2).Append(XTicks(plot, columns)).Append('\n');
        for (var at = 0; at < plot.Lines.Count; at++)
        {
            var mark = ascii ? $"{Marks[at % Marks.Length]}" : "━━";
            page.Append("  ").Append(Paint(mark, at, colours)).Append(' ').Append(SafeText.Escape(plot.Lines[at].Label)).Append('\n');
        }

        return page.ToString();
    }

    private static void AppendCell(StringBuilder line, DotGrid grid, int column, int row, bool ascii, bool colours)
    {
        if (ascii)
        {
            line.Append(grid[column, row] is > 0 and var mark ? Paint($"{Marks[(mark - 1) % Marks.Length]}", mark - 1, colours) : " ");
            return;
        }

        var (bits, last) = (0, 0);
        for (var x = 0; x < 2; x++)
        {
            for (var y = 0; y < 4; y++)
            {
                if (grid[(column * 2) + x, (row * 4) + y] is > 0 and var dot)
                {
                    (bits, last) = (bits | Bits[x, y], dot);
                }
            }
        }

        line.Append(bits == 0 ? " " : Paint($"{(char)(0x2800 + bits)}", last - 1, colours));
    }

    private static string Paint(string text, int line, bool colours) => colours ? $"\e[{Colours[line % Colours.Length]}m{text}\e[0m" : text;

    private static string XTicks(Plot plot, int columns)
    {
        var line = new StringBuilder();
        foreach (var (position, text) in plot.X.Ticks(Math.Max(2, columns / 14)))
        {
            var at = Math.Clamp((int)Math.Round(position * (columns - 1)) - (text.Length / 2), 0, Math.Max(0, columns - text.Length));
            if (at >= line.Length + (line.Length == 0 ? 0 : 2))
            {
                line.Append(' ', at - line.Length).Append(text);
            }
        }

        var label = SafeText.Escape(plot.XLabel);
        return line.Length + 2 + label.Length <= columns ? $"{line}  {label}" : line.ToString();
    }
}

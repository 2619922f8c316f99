using System.Text;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>Rows under a header, columns as wide as their widest cell. What is written into it need not be safe to print.</summary>
internal sealed class Table(params string[] header)
{
    private const string Gap = "  ";

    private readonly List<Cell[]> _rows = [];

    /// <summary>One cell.</summary>
    /// <param name="Text">Any text.</param>
    /// <param name="Colour">Used when the output has colours.</param>
    /// <param name="Right">Set flush right, as numbers are.</param>
    public readonly record struct Cell(string Text, Colour Colour = Colour.None, bool Right = false);

    public void Add(params Cell[] row) => _rows.Add(Array.ConvertAll(row, cell => cell with { Text = SafeText.Escape(cell.Text) }));

    public void Write(TextOutput output)
    {
        var widths = header.Select((title, column) => _rows.Select(row => row[column].Text.Length).Append(title.Length).Max()).ToArray();
        var text = new StringBuilder();
        var titles = header.Select((title, column) => new Cell(title, Colour.Bold, _rows is [var first, ..] && first[column].Right));
        Append(text, output, titles, widths);
        foreach (var row in _rows)
        {
            Append(text, output, row, widths);
        }

        output.Write(text.ToString());
    }

    private static void Append(StringBuilder text, TextOutput output, IEnumerable<Cell> cells, int[] widths)
    {
        var column = 0;
        foreach (var cell in cells)
        {
            var last = column == widths.Length - 1;
            var padding = new string(' ', widths[column] - cell.Text.Length);
            text.Append(column == 0 ? "" : Gap).Append(cell.Right ? padding : "");
            text.Append(output.Paint(cell.Text, cell.Colour)).Append(cell.Right || last ? "" : padding);
            column++;
        }

        text.Append('\n');
    }
}

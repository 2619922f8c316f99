using System.Text;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>Rows under a header, columns as wide as their widest cell. What is written into it need not be safe to print.</summary>
internal sealed class Table(params string[] header)
{
    private const string Gap = "  ";
    private const int NarrowestShrunk = 8;

    private readonly List<Cell[]> _rows = [];

    /// <summary>One cell.</summary>
    /// <param name="Text">Any text.</param>
    /// <param name="Colour">Used when the output has colours.</param>
    /// <param name="Right">Set flush right, as numbers are.</param>
    public readonly record struct Cell(string Text, Colour Colour = Colour.None, bool Right = false);

    /// <summary>On a terminal that is too narrow, the column whose texts are cut, down to eight characters.</summary>
    public string? Shrinks { get; init; }

    /// <summary>When that is not enough, the columns that are left out, in this order.</summary>
    public IReadOnlyList<string> Dispensable { get; init; } = [];

    public void Add(params Cell[] row) => _rows.Add(Array.ConvertAll(row, cell => cell with { Text = SafeText.Escape(cell.Text) }));

    public void Write(TextOutput output)
    {
        var columns = Fit(output.Width);
        var text = new StringBuilder();
        Append(text, output, header.Select((title, at) => new Cell(title, Colour.Bold, _rows is [var first, ..] && first[at].Right)), columns);
        foreach (var row in _rows)
        {
            Append(text, output, row, columns);
        }

        output.Write(text.ToString());
    }

    /// <summary>The columns to show, with their widths.</summary>
    private List<Column> Fit(int? width)
    {
        var columns = header
            .Select((title, at) => new Column(at, title, _rows.Select(row => row[at].Text.Length).Append(title.Length).Max()))
            .ToList();
        if (width is not { } most)
        {
            return columns;
        }

        foreach (var title in Dispensable)
        {
            if (Narrowest(columns) > most)
            {
                columns.RemoveAll(column => column.Title == title);
            }
        }

        var missing = Sum(columns) - most;
        return missing <= 0 ? columns : columns.ConvertAll(column => column.Title == Shrinks
            ? column with { Width = Math.Max(column.Width - missing, Math.Min(column.Width, NarrowestShrunk)) }
            : column);
    }

    private static int Sum(List<Column> columns) => columns.Sum(column => column.Width) + (Gap.Length * (columns.Count - 1));

    private int Narrowest(List<Column> columns) =>
        Sum(columns) - columns.Where(column => column.Title == Shrinks).Sum(column => Math.Max(0, column.Width - NarrowestShrunk));

    private static void Append(StringBuilder text, TextOutput output, IEnumerable<Cell> row, List<Column> columns)
    {
        var cells = row.ToArray();
        foreach (var column in columns)
        {
            var cell = cells[column.At];
            var shown = SafeText.Cut(cell.Text, column.Width);
            var padding = new string(' ', column.Width - shown.Length);
            text.Append(column == columns[0] ? "" : Gap).Append(cell.Right ? padding : "");
            text.Append(output.Paint(shown, cell.Colour)).Append(cell.Right || column == columns[^1] ? "" : padding);
        }

        text.Append('\n');
    }

    /// <summary>One column as it is shown.</summary>
    private readonly record struct Column(int At, string Title, int Width);
}

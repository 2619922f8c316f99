namespace Whirr.Runs.Metrics;

/// <summary>What lies between the values of lines seen before: most lines of a file have the same keys in the same order.</summary>
/// <remarks>
/// A tree: each shape is the text before a value (<c>, "loss": </c>), what the value is, and what can follow. A line that goes down the tree
/// to an end is JSON because one that has the same text between its values was.
/// </remarks>
internal sealed class LineShapes
{
    // A file whose keys change all the time would fill the memory and be no faster.
    private const int Most = 4096;
    private const int MostSiblings = 16;
    private const int LongestText = 4096;

    private int _count;

    public Shape Root { get; } = new([], 0, isEnd: false);

    /// <summary>Adds a line.</summary>
    /// <param name="line">The text.</param>
    /// <param name="values">Where its values begin and end, and their columns.</param>
    public void Learn(ReadOnlySpan<byte> line, List<(int Start, int End, int Column)> values)
    {
        if (_count + values.Count > Most || line.Length > LongestText)
        {
            return;
        }

        var (at, end) = (Root, 0);
        foreach (var value in values)
        {
            if (Follow(at, line[end..value.Start], value.Column, isEnd: false) is not { } next)
            {
                return;
            }

            (at, end) = (next, value.End);
        }

        Follow(at, line[end..], MetricNames.Ignored, isEnd: true);
    }

    private Shape? Follow(Shape from, ReadOnlySpan<byte> text, int column, bool isEnd)
    {
        var siblings = 0;
        Shape? last = null;
        for (var shape = from.Next; shape is not null; shape = shape.Sibling)
        {
            if (shape.IsEnd == isEnd && text.SequenceEqual(shape.Text))
            {
                return shape;
            }

            siblings++;
            last = shape;
        }

        if (siblings == MostSiblings)
        {
            return null;
        }

        var added = new Shape(text.ToArray(), column, isEnd);
        _count++;
        _ = last is null ? from.Next = added : last.Sibling = added;
        return added;
    }

    internal sealed class Shape(byte[] text, int column, bool isEnd)
    {
        public readonly byte[] Text = text;
        public readonly int Column = column;
        public readonly bool IsEnd = isEnd;
        public Shape? Next;
        public Shape? Sibling;
    }
}

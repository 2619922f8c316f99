using System.Text;

namespace Whirr.Cli.Output;

/// <summary>A heading and lines of <c>Label: value</c>.</summary>
internal sealed class DetailPage(string heading)
{
    private const int LabelWidth = 13;

    private readonly StringBuilder _text = new($"{heading}\n");

    /// <summary>Adds a line, unless the value is empty. The value must be safe to print.</summary>
    public void Line(string label, string value)
    {
        if (value.Length > 0)
        {
            _text.Append($"  {(label + ":").PadRight(LabelWidth)} {value}\n");
        }
    }

    public override string ToString() => _text.ToString();
}

using System.Text;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Syntax;

/// <summary>Tags as people type them: <c>a,b</c>.</summary>
internal static class TagList
{
    private const int MostNameBytes = 100;

    /// <summary>Trimmed, without empty ones, each once, in the order they were first named.</summary>
    public static IReadOnlyList<string> Parse(IEnumerable<string> texts)
    {
        var tags = new List<string>();
        foreach (var text in texts)
        {
            foreach (var tag in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!tags.Contains(tag))
                {
                    tags.Add(tag);
                }
            }
        }

        return tags;
    }

    /// <summary>Checks the name of a sweep or the like, which becomes a tag behind a word of ours.</summary>
    /// <exception cref="CommandFailure">It cannot.</exception>
    public static void CheckName(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MostNameBytes || name.Contains(',') || name.Any(SafeText.IsUnsafe))
        {
            throw CommandFailure.Usage(
                $"{SafeText.Quote(name)} is no name: it becomes a tag, with 1 to {MostNameBytes} bytes and no commas or control characters.");
        }
    }
}

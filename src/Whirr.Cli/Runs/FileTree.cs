using Whirr.Cli.Failures;
using Whirr.Cli.Machine;

namespace Whirr.Cli.Runs;

/// <summary>The files below a directory. Links are named and not followed; what cannot be seen is left out.</summary>
internal static class FileTree
{
    /// <summary>All but directories, by path below <paramref name="root"/>, sorted.</summary>
    public static IReadOnlyList<(string Path, FileFacts Facts)> Files(string root) =>
        [.. Walk(root).Where(entry => !entry.Facts.IsDirectory)
            .Select(entry => (Path.GetRelativePath(root, entry.Path), entry.Facts))
            .OrderBy(entry => entry.Item1, StringComparer.Ordinal)];

    /// <summary>Bytes that all of it takes on the disk, and how many files it is.</summary>
    public static (long Bytes, int Files) Measure(string root)
    {
        var (bytes, files) = (FileFacts.Of(root)?.OnDisk ?? 0, 0);
        foreach (var (_, facts) in Walk(root))
        {
            bytes += facts.OnDisk;
            files += facts.IsDirectory ? 0 : 1;
        }

        return (bytes, files);
    }

    private static IEnumerable<(string Path, FileFacts Facts)> Walk(string root)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out var directory))
        {
            foreach (var path in Entries(directory))
            {
                if (FileFacts.Of(path) is not { } facts)
                {
                    continue;
                }

                yield return (path, facts);
                if (facts.IsDirectory)
                {
                    pending.Push(path);
                }
            }
        }
    }

    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            return [];
        }
    }
}

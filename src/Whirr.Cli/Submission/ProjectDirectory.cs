namespace Whirr.Cli.Submission;

/// <summary>The <c>.whirr</c> directory of a project.</summary>
internal static class ProjectDirectory
{
    public const string Name = ".whirr";

    /// <summary>Where its run directories go.</summary>
    public const string Runs = "runs";

    /// <summary>The nearest <c>.whirr</c> at or above <paramref name="directory"/>; null when there is none.</summary>
    public static string? Find(string directory)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            var candidate = Path.Combine(at, Name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The runs directory of the nearest project; empty when there is none, and the daemon's own is to be used.</summary>
    public static string FindRuns(string directory) => Find(directory) is { } project ? Path.Combine(project, Runs) : "";
}

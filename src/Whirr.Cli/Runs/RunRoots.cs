using Whirr.Cli.Failures;
using Whirr.Cli.Submission;

namespace Whirr.Cli.Runs;

/// <summary>The directories of runs that the caller has, which the daemon need not know of.</summary>
internal static class RunRoots
{
    /// <summary>Those that are there: of the nearest project, then of scripts that ran outside of any.</summary>
    public static IReadOnlyList<string> Of(Surroundings surroundings) =>
        [.. new[] { OfProject(surroundings), OfUser(surroundings.Variable) }.OfType<string>().Where(Directory.Exists)];

    /// <summary>The runs of the nearest <c>.whirr</c>; null when there is none.</summary>
    public static string? OfProject(Surroundings surroundings)
    {
        try
        {
            return ProjectDirectory.Find(surroundings.CurrentDirectory()) is { } project
                ? Path.Combine(project, ProjectDirectory.Runs)
                : null;
        }
        catch (CommandFailure)
        {
            // In a directory that was removed there is no project, and the runs of others can be looked at all the same.
            return null;
        }
    }

    /// <summary>Where the Python package keeps runs outside of a project (XDG Base Directory Specification).</summary>
    private static string? OfUser(Func<string, string?> variable)
    {
        if (variable("XDG_DATA_HOME") is ['/', ..] data)
        {
            return Path.Combine(data, "whirr", "runs");
        }

        return variable("HOME") is ['/', ..] home ? Path.Combine(home, ".local/share/whirr/runs") : null;
    }
}

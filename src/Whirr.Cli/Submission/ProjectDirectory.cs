using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Syntax;
using FileAccess = Whirr.Cli.Machine.FileAccess;

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
    /// <exception cref="CommandFailure">The nearest project is not one that the caller can use.</exception>
    public static string FindRuns(string directory)
    {
        if (Find(directory) is not { } project)
        {
            return "";
        }

        return WhyUnusable(project, Users.Caller) is { } why
            ? throw new CommandFailure(FailureKind.PermissionDenied, why)
            : Path.Combine(project, Runs);
    }

    /// <summary>Why <paramref name="caller"/> must not keep runs in <paramref name="project"/>, and what to do; null when all is well.</summary>
    /// <remarks>
    /// The owner of a directory can put other files in the place of those in it, so a job of one user must not write below a directory of
    /// another, least of all a job of root. Git has the same rule for repositories (git-config(1), safe.directory). Root itself needs no such
    /// detour, so what belongs to root is as good as one's own.
    /// </remarks>
    public static string? WhyUnusable(string project, uint caller)
    {
        var runs = Path.Combine(project, Runs);
        foreach (var place in (string[])[project, runs])
        {
            foreach (var owner in FileOwner.Of(place))
            {
                if (owner != caller && owner != Users.Root)
                {
                    return $"{SafeText.Quote(place)} belongs to {SafeText.Escape(Users.Name(owner))}, who could change the files of your jobs in it.\n"
                        + "Start the job in a directory of your own (-C DIR), or make a project of your own below that one (`whirrctl init`).";
                }
            }
        }

        // The first job makes the directory of runs when it is not there.
        var written = Directory.Exists(runs) ? runs : project;
        return FileAccess.MayWrite(written)
            ? null
            : $"you may not write to {SafeText.Quote(written)}, where the runs of this project are kept.\n"
                + $"Ask {SafeText.Escape(FileOwner.Of(written).Select(Users.Name).LastOrDefault("its owner"))} to let you, start the job elsewhere "
                + "(-C DIR), or make a project of your own below that one (`whirrctl init`).";
    }
}

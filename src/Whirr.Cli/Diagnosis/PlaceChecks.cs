using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;
using FileAccess = Whirr.Cli.Machine.FileAccess;

namespace Whirr.Cli.Diagnosis;

/// <summary>The directories that jobs and the daemon write to, as far as they can be seen from here.</summary>
internal static class PlaceChecks
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 64L << 20;

    public static IEnumerable<Finding> Of(InfoReply? info, string currentDirectory)
    {
        if (info is not null)
        {
            // A daemon of root keeps its state where users need not be able to look.
            var own = info.Mode == "user";
            yield return Check("state", info.StateDir, mustWrite: own);
            yield return Check("runs", info.RunsDir, mustWrite: own);
        }

        if (ProjectDirectory.Find(currentDirectory) is { } project)
        {
            yield return ProjectDirectory.WhyUnusable(project, Users.Caller)?.Split('\n') is [var why, var advice]
                ? Finding.Fail("project", why, advice)
                : Check("project", Path.Combine(project, ProjectDirectory.Runs), mustWrite: false);
        }
        else
        {
            var place = info is null ? "the daemon's own directory" : info.RunsDir;
            yield return Finding.Ok("project", $"no .whirr here or above: runs are kept in {place} (`whirrctl init` makes one)");
        }
    }

    private static Finding Check(string name, string directory, bool mustWrite)
    {
        if (!Directory.Exists(directory))
        {
            return mustWrite
                ? Finding.Fail(name, $"{directory} is not there", $"make it: mkdir -p '{directory}'")
                : Finding.Ok(name, $"{directory} (not there yet, or not to be seen from here)");
        }

        if (mustWrite && !FileAccess.MayWrite(directory))
        {
            return Finding.Fail(name, $"{directory} cannot be written", $"become its owner, or: chmod u+rwx '{directory}'");
        }

        var free = new DriveInfo(directory).AvailableFreeSpace;
        var text = $"{directory} ({ByteCount.Format(free)} free)";
        return free switch
        {
            < NoSpace => Finding.Fail(name, text, "make room: logs and results are about to be lost"),
            < LittleSpace => Finding.Warn(name, text, "make room before you start a long job"),
            _ => Finding.Ok(name, text),
        };
    }
}

using Whirr.Cli.Failures;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>Control groups: are there any for jobs, and which controllers do they have.</summary>
internal static class CgroupChecks
{
    private static readonly string[] Needed = ["memory", "cpu", "pids"];

    /// <param name="info">What the daemon says; null: none answers.</param>
    /// <param name="hasCgroup2">Whether cgroup v2 is mounted.</param>
    public static IEnumerable<Finding> Of(InfoReply? info, bool hasCgroup2)
    {
        if (!hasCgroup2)
        {
            yield return Finding.Note(
                "cgroup",
                "cgroup v2 is not mounted: jobs are held together by session and environment, and limits of their memory cannot be had",
                "boot with `systemd.unified_cgroup_hierarchy=1` on the kernel's command line");
        }
        else if (info is null)
        {
            yield return Finding.Ok("cgroup", "cgroup v2 is mounted");
        }
        else if (info.Cgroup.Length > 0)
        {
            yield return Delegation(info.Cgroup, isTold: info.CannotLimit.Count > 0);
        }
    }

    private static Finding Delegation(string directory, bool isTold)
    {
        string[] controllers;
        try
        {
            controllers = File.ReadAllText(Path.Combine(directory, "cgroup.controllers")).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            return Finding.Note("cgroup", $"{directory} cannot be looked at from here ({FileProblem.Describe(exception)})");
        }

        var missing = Needed.Except(controllers).ToList();
        return missing.Count == 0
            ? Finding.Ok("cgroup", $"{directory} has {string.Join(", ", Needed)}")
            : isTold ? Finding.Note("cgroup", $"{directory} lacks {string.Join(", ", missing)}, see limits")
            : Finding.Warn(
                "cgroup",
                $"{directory} lacks {string.Join(", ", missing)}: that cannot be limited",
                "see `Delegate=yes` in whirr-jobs.service, and cgroup_disable= on the kernel's command line");
    }
}

using Whirr.Cli.Output;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>What the daemon says about itself, judged.</summary>
internal static class DaemonChecks
{
    public static IEnumerable<Finding> Of(InfoReply info, string clientVersion, TimeProvider time)
    {
        yield return info.Version == clientVersion
            ? Finding.Ok("version", clientVersion)
            : Finding.Warn(
                "version",
                $"whirrctl {clientVersion}, whirrd {info.Version}",
                "restart whirrd after an upgrade: running jobs go on");
        if (Keeper(info) is { } keeper)
        {
            yield return keeper;
        }

        yield return Finding.Ok("you", $"{info.Caller} (uid {info.CallerUid})");
        yield return info.Containment == "cgroup"
            ? Finding.Ok("containment", "cgroup: nothing a job starts can outlive it")
            : Finding.Warn(
                "containment",
                $"{info.Containment}: {(info.ContainmentDetail.Length == 0 ? "no cgroup v2" : info.ContainmentDetail)}. "
                    + "Processes of a job are found by their parents, not held by the kernel: all are ended with it, but its memory cannot be limited",
                "for memory limits and the surest clean-up, use cgroup v2 with systemd (whirr-jobs.service)");
        yield return info.Slots > 0
            ? Finding.Ok("slots", $"{info.Slots} ({info.Running} running, {info.Queued} queued)")
            : Finding.Fail("slots", "0: no job can ever start", "set slots to 1 or more in the daemon's configuration");
        foreach (var finding in Standstills(info, time).Concat(Unlimited(info)))
        {
            yield return finding;
        }
    }

    // An older daemon does not say.
    private static Finding? Keeper(InfoReply info)
    {
        if (info.KeeperProblem.Length > 0)
        {
            return Finding.Fail("keeper", info.KeeperProblem, "no job can be started; put the whirr-keeper of the same version beside whirrd");
        }

        // The keeper says only numbers: 0.1.0 for 0.1.0-rc1.
        var same = $"whirr-keeper {info.Version.Split('-')[0]}";
        return info.Keeper switch
        {
            "" => null,
            var keeper when keeper == same => Finding.Ok("keeper", keeper),
            var keeper => Finding.Warn("keeper", $"{keeper}, whirrd {info.Version}", "install both from the same version and restart whirrd: running jobs go on"),
        };
    }

    // What keeps jobs from being started, or soon will.
    private static IEnumerable<Finding> Standstills(InfoReply info, TimeProvider time)
    {
        if (info.Stopping)
        {
            yield return Finding.Warn("stopping", "the daemon waits for what runs and then ends; nothing is started", "wait, or start it again when it has ended");
        }

        if (info.Hold is { } hold)
        {
            yield return Finding.Warn("queue", DaemonNotices.Describe(hold, time), "nothing is started until `whirrctl resume`");
        }

        foreach (var trouble in info.Troubles)
        {
            yield return Finding.Warn("trouble", trouble, "jobs wait or will have to wait until this is mended");
        }
    }

    private static IEnumerable<Finding> Unlimited(InfoReply info)
    {
        if (info.CannotLimit.Count == 0)
        {
            yield return Finding.Ok("limits", "memory, processors and processes of a job can be limited");
        }

        foreach (var limit in info.CannotLimit)
        {
            yield return Finding.Warn("limits", limit, "jobs that ask for this limit are refused; with cgroup v2 and systemd (whirr-jobs.service) it can be had");
        }
    }
}

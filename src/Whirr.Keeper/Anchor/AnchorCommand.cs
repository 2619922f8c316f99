using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;
using Whirr.Linux.Systemd;

namespace Whirr.Keeper.Anchor;

/// <summary><c>whirr-keeper anchor SOCKET</c>: keeps the unit of the jobs alive while there are none, and starts what whirrd wants started.</summary>
/// <remarks>
/// systemd removes the cgroup of a unit without processes, and with it what was delegated. A cgroup that has children with controllers may
/// have no processes of its own (cgroups(7), "no internal processes"), so the anchor moves into a leaf before there are any.
/// What it starts has nothing of whirrd: neither its sandbox, nor its unit, nor its limits.
/// </remarks>
internal static class AnchorCommand
{
    /// <summary>In front of the socket: all signals are blocked. A signal queue needs that, and threads of the runtime are older than Main.</summary>
    public const string Blocked = "--signals-blocked";

    public static int Block(string socket)
    {
        var notify = Environment.GetEnvironmentVariable(Readiness.Variable);
        CurrentProcess.ExecuteWithSignalsBlocked(
            "/proc/self/exe", ["whirr-keeper", "anchor", Blocked, socket], string.IsNullOrEmpty(notify) ? [] : [$"{Readiness.Variable}={notify}"]);
        return 0;
    }

    public static int Run(string socket)
    {
        MakeRoomForChildren();
        using var service = StartService.Listen(socket);
        Readiness.Tell(Environment.GetEnvironmentVariable(Readiness.Variable));
        service.Run();
        return 0;
    }

    private static void MakeRoomForChildren()
    {
        try
        {
            if (CgroupLocator.FindOwn() is { } own && own.EndsWith(".service", StringComparison.Ordinal))
            {
                CgroupLeaf.Create($"{own}/anchor").Enter();
                CgroupControllers.EnableAll(own);
            }
        }
        catch (LinuxException)
        {
            // Nothing is delegated here (cgroup v1): whirrd finds that out itself, and says what cannot be limited then.
            return;
        }
    }
}

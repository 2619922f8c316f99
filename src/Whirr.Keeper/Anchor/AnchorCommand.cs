using Whirr.Linux.Cgroups;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Anchor;

/// <summary><c>whirr-keeper anchor</c>: keeps the unit of the jobs alive while there are none.</summary>
/// <remarks>
/// systemd removes the cgroup of a unit without processes, and with it what was delegated. A cgroup that has children with controllers may
/// have no processes of its own (cgroups(7), "no internal processes"), so the anchor moves into a leaf before there are any.
/// SIGTERM ends it, by the default action.
/// </remarks>
internal static class AnchorCommand
{
    private const int ForEver = -1;

    public static int Run()
    {
        if (CgroupLocator.FindOwn() is { } own)
        {
            CgroupLeaf.Create($"{own}/anchor").Enter();
            CgroupControllers.EnableAll(own);
        }

        while (true)
        {
            Poller.Wait([], ForEver);
        }
    }
}

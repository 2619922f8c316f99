using Whirr.Linux.Cgroups;

namespace Whirr.Tests.Runners;

/// <summary>A test that limits memory, processors or processes of a job.</summary>
public sealed class LimitFactAttribute : FactAttribute
{
    private static readonly string? Missing = CgroupFactAttribute.Location.Root is { } root
        ? CgroupControllers.Enable(root, CgroupControllers.Memory)
            ?? CgroupControllers.Enable(root, CgroupControllers.Cpu)
            ?? CgroupControllers.Enable(root, CgroupControllers.Pids)
        : CgroupFactAttribute.Location.Reason;

    public LimitFactAttribute()
    {
        if (Missing is not null)
        {
            Skip = $"limits jobs by controllers of cgroup v2, and {Missing}";
        }
    }
}

using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>A test that makes cgroups.</summary>
public sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute()
    {
        if (Location.Root is null)
        {
            Skip = $"makes cgroups, and {Location.Reason}";
        }
    }

    internal static CgroupLocation Location { get; } = CgroupLocator.Find(CurrentProcess.EffectiveUid);
}

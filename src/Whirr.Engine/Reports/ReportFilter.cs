using Whirr.Domain.Jobs;

namespace Whirr.Engine.Reports;

/// <summary>What a report is about.</summary>
/// <param name="Since">From when on.</param>
/// <param name="OwnerUid">Only jobs of this user; null: everybody's.</param>
/// <param name="OwnerName">The same by login name.</param>
public sealed record ReportFilter(DateTimeOffset Since, uint? OwnerUid, string? OwnerName)
{
    public bool IsForAll => OwnerUid is null && OwnerName is null;

    public bool Includes(JobOwner owner) => (OwnerUid is null || owner.Uid == OwnerUid) && (OwnerName is null || owner.Name == OwnerName);
}

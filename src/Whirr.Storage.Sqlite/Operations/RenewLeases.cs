using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Records signs of life.</summary>
internal static class RenewLeases
{
    public static IReadOnlyList<LeaseRenewal> Run(WriteSession session, IReadOnlyList<AttemptKey> keys, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        var renewals = new LeaseRenewal[keys.Count];
        for (var index = 0; index < renewals.Length; index++)
        {
            var key = keys[index];
            renewals[index] = FindLease.Run(session, key) is { } lease && lease.State.IsLive()
                ? new LeaseRenewal(key, IsHeld: true, lease.CancelRequested)
                : new LeaseRenewal(key, IsHeld: false, CancelRequested: false);
            if (renewals[index].IsHeld)
            {
                session.Prepare(Queries.RenewLease)
                    .Bind("lease_epoch", key.LeaseEpoch)
                    .Bind("now", now)
                    .Bind("expires_at", expiresAt)
                    .Execute();
            }
        }

        return renewals;
    }
}

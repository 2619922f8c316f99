using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Whirr.Engine.Disk;
using Whirr.Engine.Queue;
using Whirr.Server.Jobs;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

/// <summary>The Daemon service.</summary>
public sealed partial class DaemonService(
    DaemonFacts facts,
    IJobStore store,
    LiveAttempts live,
    QueueHolds holds,
    Troubles troubles,
    RunnerAbilities abilities,
    IRunner runner,
    IDiskSpace diskSpace,
    Func<DiskSettings> diskSettings,
    TimeProvider time)
    : Wire.Daemon.DaemonBase
{
    public override async Task<Wire.InfoReply> Info(Wire.InfoRequest request, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var counts = await CountAsync(context.CancellationToken).ConfigureAwait(false);
        var reply = new Wire.InfoReply
        {
            Version = facts.Version,
            Mode = facts.Mode,
            Pid = facts.Pid,
            Hostname = facts.Hostname,
            StartedAt = facts.StartedAt.ToTimestamp(),
            Socket = facts.Socket,
            StateDir = facts.StateDir,
            RunsDir = facts.RunsDir,
            ConfigFile = facts.ConfigFile,
            Slots = (uint)live.Slots,
            Queued = (ulong)counts.GetValueOrDefault(JobState.Queued),
            Running = RunningOf(counts),
            SchemaVersion = (uint)store.SchemaVersion,
            Containment = facts.Containment,
            ContainmentDetail = facts.ContainmentDetail,
            CallerUid = caller.Uid,
            Caller = caller.Name,
            Hold = holds.Drained?.ToWire(),
            Stopping = holds.IsEnding,
            Now = time.GetUtcNow().ToTimestamp(),
            Database = facts.Database,
            JournalMode = facts.JournalMode,
            Cgroup = facts.Cgroup,
            Uid = facts.Uid,
        };
        reply.Troubles.AddRange(troubles.Current);
        reply.CannotLimit.AddRange(LimitsHere.List(abilities));
        reply.Disks.AddRange(await MeasureDisksAsync().ConfigureAwait(false));
        if (facts.DatabaseRights() is { } rights)
        {
            (reply.DatabaseMode, reply.DatabaseUid) = rights;
        }

        if (request.IncludeKeeper)
        {
            await AddKeeperAsync(reply, context.CancellationToken).ConfigureAwait(false);
        }

        return reply;
    }

    private async Task<IReadOnlyDictionary<JobState, long>> CountAsync(CancellationToken cancellation)
    {
        try
        {
            return await store.CountAsync(cancellation).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private static ulong RunningOf(IReadOnlyDictionary<JobState, long> counts) =>
        (ulong)counts.Where(count => count.Key.IsLive()).Sum(count => count.Value);
}

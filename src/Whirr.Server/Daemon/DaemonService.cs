using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

/// <summary>What this daemon is, as far as it does not change while it runs.</summary>
public sealed record DaemonFacts
{
    public required string Version { get; init; }
    public required string Mode { get; init; }
    public required int Pid { get; init; }
    public required string Hostname { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required string Socket { get; init; }
    public required string StateDir { get; init; }
    public required string RunsDir { get; init; }
    public required string ConfigFile { get; init; }
    public required string Containment { get; init; }
    public required string ContainmentDetail { get; init; }
}

/// <summary>The Daemon service.</summary>
public sealed class DaemonService(DaemonFacts facts, IJobStore store, LiveAttempts live) : Wire.Daemon.DaemonBase
{
    public override async Task<Wire.InfoReply> Info(Wire.InfoRequest request, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var counts = await CountAsync(context.CancellationToken).ConfigureAwait(false);
        return new Wire.InfoReply
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
            Running = (ulong)counts.Where(count => count.Key.IsLive()).Sum(count => count.Value),
            SchemaVersion = (uint)store.SchemaVersion,
            Containment = facts.Containment,
            ContainmentDetail = facts.ContainmentDetail,
            CallerUid = caller.Uid,
            Caller = caller.Name,
        };
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
}

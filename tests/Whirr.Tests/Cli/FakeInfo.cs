using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>What the fake says about itself.</summary>
internal sealed class FakeInfo : Daemon.DaemonBase
{
    public InfoReply Reply { get; set; } = new()
    {
        Version = "0.1.0",
        Mode = "user",
        Pid = 1,
        Slots = 2,
        Containment = "cgroup",
        Caller = "alice",
        CallerUid = 1000,
        StateDir = "/tmp",
        RunsDir = "/tmp",
        StartedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000)),
        Running = 1,
        Queued = 2,
    };

    /// <summary>Calls of Info that were answered.</summary>
    public SemaphoreSlim Asked { get; } = new(0);

    public override Task<InfoReply> Info(InfoRequest request, ServerCallContext context)
    {
        Asked.Release();
        return Task.FromResult(Reply.Clone());
    }

    public override Task<DrainReply> Drain(DrainRequest request, ServerCallContext context)
    {
        Reply.Hold = new QueueHold { By = Reply.Caller, Why = request.Why, At = Reply.StartedAt };
        return Task.FromResult(new DrainReply { Hold = Reply.Hold, Running = Reply.Running });
    }

    public override Task<ResumeReply> Resume(ResumeRequest request, ServerCallContext context)
    {
        var lifted = Reply.Hold;
        Reply.Hold = null;
        return Task.FromResult(new ResumeReply { Lifted = lifted, Queued = Reply.Queued });
    }
}

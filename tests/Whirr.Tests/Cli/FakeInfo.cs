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

    public override Task<InfoReply> Info(InfoRequest request, ServerCallContext context) => Task.FromResult(Reply);
}

using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Jobs;
using Whirr.Engine.Attempts;
using Whirr.Engine.Queue;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

/// <summary>Jobs as messages, with what is known of them now and is in no store.</summary>
public sealed class JobViews(LiveAttempts live, QueueHolds holds)
{
    /// <summary>The job, what its attempt uses now, and why it waits.</summary>
    public Wire.Job Show(Job job)
    {
        var wire = job.ToWire();
        if (job.State == JobState.Queued && job.ReasonDetail is null && job.EligibleAt is null)
        {
            wire.ReasonDetail = holds.WhyNot(job.Settings.RunsDir) ?? "";
        }

        if (job.State.IsLive() && live.Find(job.Id) is { } attempt && attempt.Key == job.Attempt?.Key)
        {
            Fill(wire, attempt);
        }

        return wire;
    }

    private static void Fill(Wire.Job wire, LiveAttempt attempt)
    {
        wire.Stalled = attempt.Stalled ?? "";
        if (attempt.Sight is not { } sight)
        {
            return;
        }

        wire.HeartbeatAt = sight.At.ToTimestamp();
        if (sight.Sign is { } sign)
        {
            wire.Live = new Wire.LiveUsage
            {
                At = sight.At.ToTimestamp(),
                Usage = sign.Usage.ToWire(),
                MemoryBytes = sign.MemoryBytes,
                Processes = (uint)Math.Max(0, sign.Processes),
            };
        }
    }
}

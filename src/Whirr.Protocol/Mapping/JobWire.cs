using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Jobs;

namespace Whirr.Protocol.Mapping;

/// <summary>Jobs and events of the domain as messages of the wire.</summary>
public static class JobWire
{
    public static V1.Job ToWire(this Job job)
    {
        var settings = job.Settings;
        var wire = new V1.Job
        {
            Id = job.Id,
            Uid = settings.Uid.ToString(),
            ClientJobId = settings.ClientJobId ?? "",
            Name = settings.Name,
            Priority = settings.Priority,
            Workdir = settings.Workdir,
            ConfigJson = settings.ConfigJson,
            OwnerUid = job.Owner.Uid,
            Owner = job.Owner.Name,
            State = job.State.ToWire(),
            Reason = job.Reason.ToWord(),
            ReasonDetail = job.ReasonDetail ?? "",
            MaxAttempts = (uint)settings.MaxAttempts,
            CreatedAt = job.CreatedAt.ToTimestamp(),
            FinishedAt = job.FinishedAt?.ToTimestamp(),
            CancelRequestedAt = job.CancelRequestedAt?.ToTimestamp(),
            ParentJobId = settings.ParentJobId ?? 0,
            OnLost = (V1.OnLost)settings.OnLost,
            OnDaemonLoss = (V1.OnDaemonLoss)settings.OnDaemonLoss,
            KillGracePeriod = settings.KillGracePeriod.ToDuration(),
            Limits = settings.Limits.ToWire(),
            Retry = settings.Retry.ToWire(),
            Watch = settings.Watch.ToWire(),
            Notices = settings.Notices.ToPublicWire(),
            RetriesUsed = (uint)job.RetriesUsed,
            Losses = (uint)job.Losses,
            EligibleAt = job.EligibleAt?.ToTimestamp(),
        };
        wire.Tags.AddRange(settings.Tags);
        wire.CommandArgv.AddRange(settings.CommandArgv);
        if (job.Attempt is { } attempt)
        {
            Fill(wire, job, attempt);
        }

        return wire;
    }

    public static V1.JobEvent ToWire(this JobEvent happened) => new()
    {
        Seq = happened.Seq,
        JobId = happened.JobId,
        At = happened.At.ToTimestamp(),
        Type = happened.Trigger.ToWord(),
        Attempt = (uint)happened.Attempt,
        From = happened.From.ToWire(),
        To = happened.To.ToWire(),
        Reason = happened.Reason.ToWord(),
        Detail = happened.Detail ?? "",
    };

    /// <summary>The numbers of the states are the same on the wire.</summary>
    public static V1.JobState ToWire(this JobState state) => (V1.JobState)state;

    private static void Fill(V1.Job wire, Job job, Attempt attempt)
    {
        wire.Attempt = (uint)attempt.Key.Number;
        wire.Node = attempt.Node;
        wire.RunId = job.RunId;
        wire.RunDir = attempt.RunDir ?? "";
        wire.StartedAt = attempt.StartedAt?.ToTimestamp();
        wire.FinishedAt ??= attempt.FinishedAt?.ToTimestamp();
        wire.Pid = job.State == JobState.Running ? attempt.Pid ?? 0 : 0;
        wire.Signal = attempt.Signal;
        wire.MaxRssBytes = attempt.Usage.MaxRssBytes;
        wire.CpuTime = attempt.Usage.CpuTime.ToDuration();
        wire.Usage = attempt.Usage.ToWire();
        wire.HeartbeatAt = attempt.HeartbeatAt?.ToTimestamp();
        wire.LeaseExpiresAt = attempt.LeaseExpiresAt?.ToTimestamp();
        if (attempt.ExitCode is { } exitCode)
        {
            wire.ExitCode = exitCode;
        }
    }
}

using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Runs;

namespace Whirr.Protocol.Mapping;

/// <summary>Runs of the domain as messages of the wire.</summary>
public static class RunWire
{
    public static V1.Run ToWire(this RunEntry run)
    {
        var wire = new V1.Run
        {
            RunId = run.RunId,
            RunDir = run.RunDir,
            JobId = run.JobId,
            Name = run.Name,
            State = run.State.ToWire(),
            Reason = run.Reason,
            ReasonDetail = run.ReasonDetail,
            StartedAt = run.StartedAt?.ToTimestamp(),
            FinishedAt = run.FinishedAt?.ToTimestamp(),
            ConfigJson = run.ConfigJson ?? "",
            SummaryJson = run.SummaryJson ?? "",
            Hostname = run.Hostname,
            Owner = run.Owner,
            Attempt = (uint)run.Attempt,
            Note = run.Note,
            GitCommit = run.GitCommit,
            GitDirty = run.GitDirty,
            Problem = run.Problem,
        };
        wire.Tags.AddRange(run.Tags);
        if (run.ExitCode is { } exitCode)
        {
            wire.ExitCode = exitCode;
        }

        return wire;
    }
}

using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Reports;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.ReportReply> Report(Wire.ReportRequest request, ServerCallContext context)
    {
        if (request.Since is null)
        {
            throw Faults.Invalid("since: is missing");
        }

        var filter = new ReportFilter(
            request.Since.ToDateTimeOffset(),
            uint.TryParse(request.Owner, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null,
            request.Owner.Length > 0 && !char.IsAsciiDigit(request.Owner[0]) ? request.Owner : null);
        try
        {
            return ToWire(await reporter.BuildAsync(filter, context.CancellationToken).ConfigureAwait(false));
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private Wire.ReportReply ToWire(Report report)
    {
        var reply = new Wire.ReportReply
        {
            Since = report.Since.ToTimestamp(),
            Until = report.Until.ToTimestamp(),
            Completed = Count(JobState.Completed),
            Failed = Count(JobState.Failed),
            Cancelled = Count(JobState.Cancelled),
            Lost = Count(JobState.Lost),
            Queued = (ulong)report.Queued,
            Slots = (uint)report.Slots,
            SlotIdle = report.Use.Idle,
            IdleWhileWaiting = report.Use.IdleWhileWaiting.ToDuration(),
            Hold = report.Hold is { } hold ? new Wire.QueueHold { By = hold.By, At = hold.At.ToTimestamp(), Why = hold.Why ?? "" } : null,
        };
        reply.Troubled.AddRange(report.Troubled.Select(job => job.ToWire()));
        reply.Incidents.AddRange(report.Incidents.Select(happened => happened.ToWire()));
        reply.Running.AddRange(report.Running.Select(running => new Wire.RunningJob
        {
            Job = views.Show(running.Job),
            EstimatedEnd = running.Estimate?.End?.ToTimestamp(),
            EstimateBasis = running.Estimate?.Basis ?? "",
        }));
        reply.Troubles.AddRange(report.Troubles);
        foreach (var (jobId, name) in report.Names)
        {
            reply.JobNames.Add(jobId, name);
        }

        return reply;

        ulong Count(JobState state) => (ulong)report.Ended.GetValueOrDefault(state);
    }
}

using System.Globalization;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public override async Task<Wire.ListJobsReply> List(Wire.ListJobsRequest request, ServerCallContext context)
    {
        var size = request.PageSize switch
        {
            0 => DefaultPage,
            <= LargestPage => (int)request.PageSize,
            _ => throw Faults.Invalid($"page_size: {request.PageSize} is more than {LargestPage}"),
        };
        var filter = new JobFilter
        {
            States = [.. request.States.Select(ReadState)],
            OwnerUid = uint.TryParse(request.Owner, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null,
            OwnerName = request.Owner.Length > 0 && !char.IsAsciiDigit(request.Owner[0]) ? request.Owner : null,
            Tags = [.. request.Tags],
            NameContains = request.NameContains.Length > 0 ? request.NameContains : null,
            Order = request.Order switch
            {
                Wire.ListOrder.Unspecified or Wire.ListOrder.NewestFirst => JobOrder.NewestFirst,
                Wire.ListOrder.Queue => JobOrder.Queue,
                Wire.ListOrder.OldestFirst => JobOrder.OldestFirst,
                _ => throw Faults.Invalid($"order: {request.Order} is not an order of this daemon"),
            },

            // One more than asked for tells whether there is another page.
            Limit = size + 1,
            After = request.PageToken.Length > 0 ? ReadToken(request.PageToken) : null,
        };
        try
        {
            var jobs = await store.ListAsync(filter, context.CancellationToken).ConfigureAwait(false);
            var reply = new Wire.ListJobsReply { NextPageToken = jobs.Count > size ? WriteToken(jobs[size - 1]) : "" };
            reply.Jobs.AddRange(jobs.Take(size).Select(views.Show));
            return reply;
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private static JobState ReadState(Wire.JobState state) =>
        Enum.IsDefined((JobState)state) ? (JobState)state : throw Faults.Invalid($"states: {state} is not a state of this daemon");

    private static string WriteToken(Job job) => $"{job.Id}.{job.Settings.Priority}.{job.CreatedAt.ToUnixTimeMilliseconds()}";

    private static JobCursor ReadToken(string token)
    {
        var parts = token.Split('.');
        return parts.Length == 3
            && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var id)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var priority)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var created)
            && created is >= 0 and < 253_402_300_800_000
            ? new JobCursor(id, priority, DateTimeOffset.FromUnixTimeMilliseconds(created))
            : throw Faults.Invalid("page_token: was not made by this service");
    }
}

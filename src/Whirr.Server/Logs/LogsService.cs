using Google.Protobuf;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Logs;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Logs;

/// <summary>The Logs service.</summary>
public sealed class LogsService(IJobStore store, LogReader reader, LongCalls longCalls) : Wire.Logs.LogsBase
{
    private const int DefaultRead = 64 * 1024;
    private const int MaxTailLines = 100_000;

    public override async Task<Wire.LogChunk> Read(Wire.ReadLogRequest request, ServerCallContext context)
    {
        CheckPlace(request.Offset, request.TailLines);
        if (request.MaxBytes > LogReader.MaxPiece)
        {
            throw Faults.Invalid($"max_bytes: {request.MaxBytes} is more than {LogReader.MaxPiece}");
        }

        var job = await AuthorizeAsync(request.JobId, context).ConfigureAwait(false);
        try
        {
            var size = request.MaxBytes == 0 ? DefaultRead : (int)request.MaxBytes;
            return ToWire(reader.Read(job, request.Offset, size, (int)request.TailLines));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Unreadable(job, e);
        }
    }

    public override async Task Follow(Wire.FollowLogRequest request, IServerStreamWriter<Wire.LogChunk> responseStream, ServerCallContext context)
    {
        CheckPlace(request.Offset, request.TailLines);
        var job = await AuthorizeAsync(request.JobId, context).ConfigureAwait(false);
        try
        {
            await longCalls.RunAsync(context, cancellation => SendAsync(request, responseStream, cancellation)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException && !context.CancellationToken.IsCancellationRequested)
        {
            throw Unreadable(job, e);
        }
    }

    private async Task SendAsync(Wire.FollowLogRequest request, IServerStreamWriter<Wire.LogChunk> responseStream, CancellationToken cancellation)
    {
        await foreach (var piece in reader.FollowAsync(request.JobId, request.Offset, (int)request.TailLines, cancellation).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(ToWire(piece), cancellation).ConfigureAwait(false);
        }
    }

    private static void CheckPlace(long offset, uint tailLines)
    {
        if (offset < 0 || tailLines > MaxTailLines)
        {
            throw Faults.Invalid($"offset must not be negative, tail_lines not above {MaxTailLines}");
        }
    }

    private async Task<Job> AuthorizeAsync(long jobId, ServerCallContext context)
    {
        try
        {
            var job = await store.FindAsync(jobId, context.CancellationToken).ConfigureAwait(false) ?? throw Faults.NotFound(jobId);
            return context.GetCaller().MayControl(job.Owner.Uid) ? job : throw Faults.NotYours(job, "read its log");
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private static RpcException Unreadable(Job job, Exception e) =>
        Faults.WrongState($"the log of job {job.Id} in {job.Attempt?.RunDir} cannot be read: {e.Message}");

    private static Wire.LogChunk ToWire(LogPiece piece) => new()
    {
        Offset = piece.Offset,
        Data = UnsafeByteOperations.UnsafeWrap(piece.Data),
        NextOffset = piece.NextOffset,
        Ended = piece.Ended,
    };
}

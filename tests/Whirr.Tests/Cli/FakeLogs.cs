using Google.Protobuf;
using Grpc.Core;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>One log for every job.</summary>
internal sealed class FakeLogs : Logs.LogsBase
{
    public byte[] Content { get; set; } = [];

    /// <summary>Left out from .. to; none when empty.</summary>
    public Range Gap { get; set; } = 0..0;

    /// <summary>Follow sends at most so many bytes a chunk, and breaks off with UNAVAILABLE after each while <see cref="Breaks"/> lasts.</summary>
    public int ChunkBytes { get; set; } = 1024;

    public int Breaks { get; set; }

    /// <summary>True: Follow stays after the last byte until the caller goes away.</summary>
    public bool Endless { get; set; }

    public SemaphoreSlim FollowReachedEnd { get; } = new(0);

    public List<FollowLogRequest> Followed { get; } = [];

    public override Task<LogChunk> Read(ReadLogRequest request, ServerCallContext context)
    {
        var from = request.TailLines > 0 ? Tail((int)request.TailLines) : Math.Min(request.Offset, Content.Length);
        return Task.FromResult(Chunk(from, (int)request.MaxBytes));
    }

    public override async Task Follow(FollowLogRequest request, IServerStreamWriter<LogChunk> responseStream, ServerCallContext context)
    {
        Followed.Add(request.Clone());
        var at = request.TailLines > 0 ? Tail((int)request.TailLines) : request.Offset;
        while (at < Content.Length)
        {
            var chunk = Chunk(at, ChunkBytes);
            at = chunk.NextOffset;
            await responseStream.WriteAsync(chunk);
            if (Breaks > 0)
            {
                Breaks--;
                throw new RpcException(new Status(StatusCode.Unavailable, "the daemon is stopping"));
            }
        }

        FollowReachedEnd.Release();
        if (Endless)
        {
            await context.WriteResponseHeadersAsync([]);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    private LogChunk Chunk(long from, int most)
    {
        from = Skip(from);
        var end = from < Gap.Start.Value ? Gap.Start.Value : Content.Length;
        var data = Content.AsSpan((int)from, (int)Math.Min(most, end - from));
        return new LogChunk { Offset = from, Data = ByteString.CopyFrom(data), NextOffset = Skip(from + data.Length) };
    }

    private long Skip(long at) => at >= Gap.Start.Value && at < Gap.End.Value ? Gap.End.Value : at;

    private long Tail(int lines)
    {
        var at = Content.Length;
        for (; lines >= 0 && at > 0; at--)
        {
            if (Content[at - 1] == '\n' && lines-- == 0)
            {
                break;
            }
        }

        return at;
    }
}

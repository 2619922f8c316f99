using System.Text;
using Google.Protobuf;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary>Copies the log of a job to standard output.</summary>
internal sealed class LogReader(Session session, long jobId)
{
    private const uint ChunkBytes = 1024 * 1024;

    // Holds back the first bytes of a character whose others are in the next chunk.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public async Task<Job> GetJobAsync(bool withAttempts = false)
    {
        var request = new GetJobRequest { Id = jobId, IncludeAttempts = withAttempts };
        return await session.Daemon.AskAsync(call => session.Daemon.Jobs.GetAsync(request, call));
    }

    /// <summary>What there is now.</summary>
    /// <param name="lastLines">Only these; 0 for all.</param>
    /// <returns>How many bytes there were.</returns>
    public async Task<long> ReadAsync(uint lastLines)
    {
        var request = new ReadLogRequest { JobId = jobId, MaxBytes = ChunkBytes, TailLines = lastLines };
        var sum = 0L;
        while (true)
        {
            var chunk = await session.Daemon.AskAsync(call => session.Daemon.Logs.ReadAsync(request, call));
            sum += chunk.Data.Length;
            if (chunk.Data.IsEmpty)
            {
                return sum;
            }

            Copy(chunk);

            // Asking again after the end could go on for ever behind a job that writes fast.
            if (IsEnd(chunk))
            {
                return sum;
            }

            request.Offset = chunk.NextOffset;
            request.TailLines = 0;
        }
    }

    /// <summary>What there is between two offsets.</summary>
    /// <param name="from">First byte, from 0.</param>
    /// <param name="to">Byte after the last; null for the end of the log.</param>
    /// <returns>How many bytes there were.</returns>
    public async Task<long> ReadRangeAsync(long from, long? to)
    {
        var request = new ReadLogRequest { JobId = jobId, Offset = from };
        var sum = 0L;
        while ((to ?? long.MaxValue) - request.Offset is var left && left > 0)
        {
            request.MaxBytes = (uint)Math.Min(left, ChunkBytes);
            var chunk = await session.Daemon.AskAsync(call => session.Daemon.Logs.ReadAsync(request, call));

            // What was asked for may be left out, and the chunk begin behind it.
            if (chunk.Data.IsEmpty || chunk.Offset >= to)
            {
                break;
            }

            var isEnd = IsEnd(chunk);
            if (chunk.Offset + chunk.Data.Length > to)
            {
                chunk.Data = ByteString.CopyFrom(chunk.Data.Span[..(int)(to.Value - chunk.Offset)]);
                chunk.NextOffset = to.Value;
            }

            Copy(chunk);
            sum += chunk.Data.Length;
            if (to is null && isEnd)
            {
                break;
            }

            request.Offset = chunk.NextOffset;
        }

        return sum;
    }

    /// <summary>What there is and what is still to come, until the job has ended.</summary>
    /// <param name="lastLines">Begin with these; 0 for all there is.</param>
    /// <returns>The ended job; null when Ctrl+C came first.</returns>
    public async Task<Job?> FollowAsync(uint lastLines)
    {
        var job = await GetJobAsync();
        if (job.State == JobState.Queued)
        {
            session.Note($"Job {jobId} is queued: no output yet");
        }

        var request = new FollowLogRequest { JobId = jobId, TailLines = lastLines };
        try
        {
            await session.Daemon.ReadAllAsync(
                options => session.Daemon.Logs.Follow(request, options),
                chunk =>
                {
                    Copy(chunk);
                    request.Offset = chunk.NextOffset;
                    request.TailLines = 0;
                },
                session.Surroundings.WatchForInterrupt());
            return await GetJobAsync();
        }
        catch (OperationCanceledException)
        {
            session.Note($"Detached; job {jobId} goes on (whirrctl attach {jobId})");
            return null;
        }
    }

    /// <summary>A chunk that is not full was the end, or what comes next is left out.</summary>
    private static bool IsEnd(LogChunk chunk) => chunk.Data.Length < ChunkBytes && chunk.NextOffset <= chunk.Offset + chunk.Data.Length;

    private void Copy(LogChunk chunk)
    {
        if (!session.Json)
        {
            session.Out.WriteBytes(chunk.Data.Span);
            return;
        }

        if (chunk.Data.IsEmpty)
        {
            return;
        }

        var characters = new char[_decoder.GetCharCount(chunk.Data.Span, flush: false)];
        _decoder.GetChars(chunk.Data.Span, characters, flush: false);
        session.Out.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("job_id", jobId);
            json.WriteNumber("offset", chunk.Offset);
            json.WriteNumber("next_offset", chunk.NextOffset);
            json.WriteString("text", characters);
            json.WriteEndObject();
        });
    }
}

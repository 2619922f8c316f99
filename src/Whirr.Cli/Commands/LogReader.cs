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

            // A chunk that is not full was the end, or what comes next is left out. Asking again after the end could go on for ever behind a job
            // that writes fast.
            if (chunk.Data.Length < ChunkBytes && chunk.NextOffset <= chunk.Offset + chunk.Data.Length)
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

            // What is left out of a log may reach over the end, and the chunk then begins behind it.
            var ours = (int)Math.Min(chunk.Data.Length, (to ?? long.MaxValue) - chunk.Offset);
            if (ours <= 0)
            {
                break;
            }

            var whole = ours == chunk.Data.Length;
            Copy(whole ? chunk : new LogChunk { Offset = chunk.Offset, Data = ByteString.CopyFrom(chunk.Data.Span[..ours]), NextOffset = chunk.Offset + ours });
            sum += ours;
            if (chunk.Data.Length < request.MaxBytes && chunk.NextOffset <= chunk.Offset + chunk.Data.Length)
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

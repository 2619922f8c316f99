using System.Runtime.CompilerServices;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Logs;

/// <summary>Reads and follows the output of jobs.</summary>
public sealed class LogReader(IJobStore store, IRunLogs logs, JobChanges changes)
{
    /// <summary>Largest piece that is read at once, bytes.</summary>
    public const int MaxPiece = 1024 * 1024;

    private const int FollowPiece = 64 * 1024;

    /// <summary>Reads from <paramref name="offset"/>, or so that <paramref name="tailLines"/> lines remain when that is above 0.</summary>
    public LogPiece Read(Job job, long offset, int maxBytes, int tailLines)
    {
        var ended = job.State.IsEnded();
        using var log = Open(job);
        if (log is null)
        {
            return new LogPiece(offset, ReadOnlyMemory<byte>.Empty, offset, ended);
        }

        var start = tailLines > 0 ? LogTail.Find(log, tailLines) : offset;
        var piece = ReadPiece(log, start, maxBytes);
        return piece with { Ended = ended && piece.NextOffset >= log.Length };
    }

    /// <summary>Sends the output from <paramref name="offset"/> on as it grows, until the job has ended.</summary>
    public async IAsyncEnumerable<LogPiece> FollowAsync(
        long jobId, long offset, int tailLines, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var subscription = changes.Subscribe(jobId);
        IRunLog? log = null;
        var length = 0L;
        try
        {
            var changed = subscription.NextAsync(cancellation).AsTask();
            Task? grown = null;
            while (await store.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job)
            {
                // The state is read before the log: a log that is read to its end after the job ended is complete.
                if (log is null && (log = Open(job)) is not null && tailLines > 0)
                {
                    offset = LogTail.Find(log, tailLines);
                    tailLines = 0;
                }

                offset = log is null ? offset : GoBack(log, offset, ref length);
                while (log is not null && ReadPiece(log, offset, FollowPiece) is { Data.Length: > 0 } piece)
                {
                    offset = piece.NextOffset;
                    yield return piece;
                }

                if (job.State.IsEnded())
                {
                    yield return new LogPiece(offset, ReadOnlyMemory<byte>.Empty, offset, Ended: true);
                    yield break;
                }

                grown ??= log?.ChangedAsync(cancellation);
                await (grown is null ? changed : Task.WhenAny(changed, grown)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                changed = changed.IsCompleted ? subscription.NextAsync(cancellation).AsTask() : changed;
                grown = grown is { IsCompleted: true } ? null : grown;
            }
        }
        finally
        {
            log?.Dispose();
        }
    }

    private IRunLog? Open(Job job) => job.Attempt?.RunDir is { } runDir ? logs.Open(job.Owner, runDir) : null;

    /// <summary>Where to go on in a log that was cut off since the last look, as it is where a file system has no holes.</summary>
    private static long GoBack(IRunLog log, long offset, ref long length)
    {
        var before = length;
        length = log.Length;
        return length < before ? Math.Min(offset, length) : offset;
    }

    private static LogPiece ReadPiece(IRunLog log, long offset, int maxBytes)
    {
        var buffer = new byte[maxBytes];
        while (true)
        {
            var start = log.FindData(offset);
            var read = log.Read(start, buffer);
            var next = log.FindData(start + read);
            if (read > 0 || next == start)
            {
                return new LogPiece(start, buffer.AsMemory(0, read), next, Ended: false);
            }

            // What was there has become a hole just now.
            offset = next;
        }
    }
}

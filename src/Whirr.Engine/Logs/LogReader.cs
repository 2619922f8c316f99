using System.Runtime.CompilerServices;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Logs;

/// <summary>A piece of a job's output.</summary>
/// <param name="Offset">Where it starts, in bytes.</param>
/// <param name="Data">The bytes; empty when there is nothing (more) now.</param>
/// <param name="Ended">The job has ended and the log is complete up to the end of this piece.</param>
public sealed record LogPiece(long Offset, ReadOnlyMemory<byte> Data, bool Ended);

/// <summary>Reads and follows the output of jobs.</summary>
public sealed class LogReader(IJobStore store, IRunLogs logs, JobChanges changes)
{
    /// <summary>Largest piece that is read at once, bytes.</summary>
    public const int MaxPiece = 1024 * 1024;

    private const int FollowPiece = 64 * 1024;
    private const int TailBlock = 64 * 1024;

    /// <summary>Reads from <paramref name="offset"/>, or so that <paramref name="tailLines"/> lines remain when that is above 0.</summary>
    public LogPiece Read(Job job, long offset, int maxBytes, int tailLines)
    {
        var ended = job.State.IsEnded();
        using var log = Open(job);
        if (log is null)
        {
            return new LogPiece(offset, ReadOnlyMemory<byte>.Empty, ended);
        }

        var start = tailLines > 0 ? FindTail(log, tailLines) : offset;
        var buffer = new byte[maxBytes];
        var read = log.Read(start, buffer);
        return new LogPiece(start, buffer.AsMemory(0, read), ended && start + read >= log.Length);
    }

    /// <summary>Sends the output from <paramref name="offset"/> on as it grows, until the job has ended.</summary>
    public async IAsyncEnumerable<LogPiece> FollowAsync(
        long jobId, long offset, int tailLines, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var subscription = changes.Subscribe(jobId);
        IRunLog? log = null;
        try
        {
            var changed = subscription.NextAsync(cancellation).AsTask();
            Task? grown = null;
            while (await store.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job)
            {
                // The state is read before the log: a log that is read to its end after the job ended is complete.
                if (log is null && (log = Open(job)) is not null && tailLines > 0)
                {
                    offset = FindTail(log, tailLines);
                    tailLines = 0;
                }

                while (log is not null && NextPiece(log, offset) is { Data.Length: > 0 } piece)
                {
                    offset += piece.Data.Length;
                    yield return piece;
                }

                if (job.State.IsEnded())
                {
                    yield return new LogPiece(offset, ReadOnlyMemory<byte>.Empty, Ended: true);
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

    private static LogPiece NextPiece(IRunLog log, long offset)
    {
        var buffer = new byte[FollowPiece];
        var read = log.Read(offset, buffer);
        return new LogPiece(offset, buffer.AsMemory(0, read), Ended: false);
    }

    /// <summary>The offset after which <paramref name="lines"/> lines remain; a last line without its newline counts as one.</summary>
    private static long FindTail(IRunLog log, int lines)
    {
        var end = log.Length;
        var buffer = new byte[TailBlock];
        var remaining = lines;
        for (var blockEnd = end; blockEnd > 0;)
        {
            var blockStart = Math.Max(0, blockEnd - buffer.Length);
            var read = log.Read(blockStart, buffer.AsSpan(0, (int)(blockEnd - blockStart)));
            for (var i = read - 1; i >= 0; i--)
            {
                // The newline that ends the last line does not start another.
                if (buffer[i] == '\n' && blockStart + i != end - 1 && --remaining == 0)
                {
                    return blockStart + i + 1;
                }
            }

            blockEnd = blockStart;
        }

        return 0;
    }
}

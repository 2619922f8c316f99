using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Reads the output of jobs as their owner would: never with rights that the owner lacks.</summary>
public interface IRunLogs
{
    /// <summary>Opens the output of the run in <paramref name="runDir"/>; null when it has none yet.</summary>
    /// <exception cref="UnauthorizedAccessException">The owner may not read it, or it belongs to somebody else.</exception>
    IRunLog? Open(JobOwner owner, string runDir);
}

/// <summary>An open log. Its middle may have been left out: then there are holes, where nothing is to be read.</summary>
public interface IRunLog : IDisposable
{
    /// <summary>Bytes in the log now.</summary>
    long Length { get; }

    /// <summary>The first offset from <paramref name="offset"/> on that is not in a hole; the end of the log when there is none, and
    /// <paramref name="offset"/> itself when that is past the end.</summary>
    long FindData(long offset);

    /// <summary>The first offset from <paramref name="offset"/> on that is in a hole, or the end of the log.</summary>
    long FindHole(long offset);

    /// <summary>Reads up to the size of <paramref name="buffer"/> from <paramref name="offset"/>, never past the beginning of a hole.</summary>
    /// <returns>Bytes read; 0 at the end and in a hole.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Completes when the log may have grown since the last call. It is a hint, not a promise; nothing polls.</summary>
    Task ChangedAsync(CancellationToken cancellation);
}

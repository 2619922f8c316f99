using Whirr.Domain.Ports;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Runners.Process;

/// <summary>The open log of a run.</summary>
internal sealed class RunLog(Fd file, FileWatch watch) : IRunLog
{
    /// <inheritdoc/>
    public long Length => file.Stat().Size;

    /// <inheritdoc/>
    public long FindData(long offset) => Holes.FindData(file, offset) ?? Math.Max(offset, Length);

    /// <inheritdoc/>
    public long FindHole(long offset) => Holes.FindHole(file, offset) ?? offset;

    /// <inheritdoc/>
    /// <remarks>The keeper may make a hole while this reads. So the holes are looked for afterwards: what is not in one by then was
    /// not in one before, and is what the job wrote.</remarks>
    public int Read(long offset, Span<byte> buffer)
    {
        var read = file.ReadAt(offset, buffer);
        return read == 0 ? 0 : (int)Math.Clamp(FindHole(offset) - offset, 0, read);
    }

    /// <inheritdoc/>
    public Task ChangedAsync(CancellationToken cancellation) => watch.ChangedAsync(cancellation);

    public void Dispose()
    {
        watch.Dispose();
        file.Dispose();
    }
}

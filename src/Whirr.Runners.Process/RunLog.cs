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
    public int Read(long offset, Span<byte> buffer) => file.ReadAt(offset, buffer);

    /// <inheritdoc/>
    public Task ChangedAsync(CancellationToken cancellation) => watch.ChangedAsync(cancellation);

    public void Dispose()
    {
        watch.Dispose();
        file.Dispose();
    }
}

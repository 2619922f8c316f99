using System.Buffers.Binary;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>Signals to this process as something to be read (signalfd(2)).</summary>
/// <remarks>They must be blocked in every thread, or some thread takes them first: the parent starts this program with
/// <see cref="SpawnRequest.BlockSignals"/>, because threads of the runtime exist before Main.</remarks>
public sealed unsafe class SignalQueue : IDisposable
{
    private const int InfoBytes = 128;

    private SignalQueue(Fd fd) => Descriptor = fd;

    /// <summary>Readable when a signal is there.</summary>
    public Fd Descriptor { get; }

    /// <summary>Opens a queue for <paramref name="signals"/>, and blocks them in the calling thread.</summary>
    public static SignalQueue Open(ReadOnlySpan<int> signals)
    {
        var set = Libc.SignalSet.Of(signals);
        var error = Libc.PthreadSigmask(Libc.SigBlock, &set, null);
        if (error != 0)
        {
            throw new LinuxException("block signals", error);
        }

        var fd = Libc.SignalFd(-1, &set, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking));
        return fd >= 0 ? new SignalQueue(new Fd(fd)) : throw LinuxException.Last("signalfd");
    }

    /// <summary>Takes the next signal; 0 when there is none.</summary>
    public int TryTake()
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        return Descriptor.Read(info) == InfoBytes ? BinaryPrimitives.ReadInt32LittleEndian(info) : 0;
    }

    public void Dispose() => Descriptor.Dispose();
}

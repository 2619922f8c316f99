using System.Runtime.InteropServices;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Output;

/// <summary>Writes to a file descriptor with write(2), unbuffered.</summary>
/// <remarks>
/// The stream of the console class swallows EPIPE, so that <c>logs -f | head</c> would go on for ever; a file stream writes at offsets of
/// its own, so that programs sharing one redirected output overwrite each other. This one does neither, and costs nothing at start.
/// </remarks>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const short PollOut = 4;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = WriteSome(buffer);
            buffer = buffer[written..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private unsafe int WriteSome(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var written = SysWrite(descriptor, start, (nuint)buffer.Length);
            if (written >= 0)
            {
                return (int)written;
            }
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case ErrorNumber.Interrupted:
                return 0;
            case ErrorNumber.TryAgain:
                // Somebody who shares the terminal made it non-blocking; wait until it takes bytes again.
                var poll = new PollDescriptor { Descriptor = descriptor, Events = PollOut };
                _ = SysPoll(ref poll, 1, -1);
                return 0;
            case ErrorNumber.BrokenPipe:
                throw new BrokenPipeException();
            case var error:
                throw new CommandFailure(FailureKind.Files, $"cannot write the output: {ErrorNumber.Describe(error)}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint SysWrite(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int SysPoll(ref PollDescriptor descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}

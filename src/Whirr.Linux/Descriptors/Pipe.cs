using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>A pipe whose reading end does not block.</summary>
public static unsafe class Pipe
{
    public static (Fd Reading, Fd Writing) Create()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking)) < 0)
        {
            throw LinuxException.Last("pipe2");
        }

        return (new Fd(ends[0]), new Fd(ends[1]));
    }
}

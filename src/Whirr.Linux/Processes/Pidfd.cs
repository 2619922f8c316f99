using System.Runtime.InteropServices;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>A process that cannot be mistaken for another one (pidfd_open(2)); readable when it has ended.</summary>
public static unsafe class Pidfd
{
    /// <summary>Opens the process that has this id now; null when there is none.</summary>
    public static Fd? TryOpen(int pid)
    {
        var fd = (int)Libc.Syscall(Libc.Number.PidfdOpen, pid, 0, 0);
        return fd >= 0 ? new Fd(fd) : Marshal.GetLastPInvokeError() == Errno.Esrch ? null : throw LinuxException.Last($"pidfd_open {pid}");
    }

    /// <summary>Opens the process with this id and this start; null when it has ended.</summary>
    public static Fd? TryOpen(int pid, long startTicks)
    {
        var process = TryOpen(pid);
        if (process is not null && ProcessStat.TryRead(pid)?.StartTicks != startTicks)
        {
            process.Dispose();
            return null;
        }

        return process;
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>0, or the error number (ESRCH: it has ended; EPERM: it may not be signalled).</returns>
    public static int Send(Fd process, int signal) =>
        Libc.Syscall(Libc.Number.PidfdSendSignal, process.Number, signal, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Takes the end of a child that has ended.</summary>
    public static void Reap(Fd child)
    {
        var info = stackalloc byte[128];
        if (Libc.WaitId(Libc.PPidfd, (uint)child.Number, info, Libc.WExited) < 0 && Marshal.GetLastPInvokeError() != Errno.Echild)
        {
            throw LinuxException.Last("waitid");
        }
    }
}

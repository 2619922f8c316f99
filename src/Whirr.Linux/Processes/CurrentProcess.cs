using System.Runtime.InteropServices;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>Changes and facts of the calling process.</summary>
public static unsafe class CurrentProcess
{
    private const int PriorityProcess = 0;
    private const int IoPriorityProcess = 1;
    private const int CloseRangeCloexec = 4;

    public static int Pid => Libc.GetPid();

    public static int ParentPid => Libc.GetParentPid();

    public static uint EffectiveUid => Libc.GetEffectiveUid();

    /// <summary>Gets orphaned descendants as children instead of init (prctl(2), PR_SET_CHILD_SUBREAPER).</summary>
    public static void BecomeSubreaper() => Check(Libc.PrCtl(Libc.PrSetChildSubreaper, 1, 0, 0, 0), "become a subreaper");

    /// <summary>Dies by <paramref name="signal"/> when the thread that started this process ends (prctl(2), PR_SET_PDEATHSIG).</summary>
    /// <remarks>A change of credentials clears it, so it comes after them; and the parent may have ended before it: compare
    /// <see cref="ParentPid"/> afterwards.</remarks>
    public static void DieWithParent(int signal) => Check(Libc.PrCtl(Libc.PrSetParentDeathSignal, signal, 0, 0, 0), "follow the parent");

    /// <summary>Leads a new session and process group (setsid(2)).</summary>
    public static void StartSession() => Check(Libc.SetSid(), "setsid");

    public static void ChangeDirectory(string path) => Check(Libc.Chdir(path), "chdir");

    /// <summary>Sets the file mode creation mask, 0..0777; returns the one before.</summary>
    public static int SetUmask(int mask) => (int)Libc.Umask((uint)mask);

    /// <summary>Niceness -20..19 (setpriority(2)).</summary>
    public static void SetNice(int nice) => Check(Libc.SetPriority(PriorityProcess, 0, nice), $"set niceness {nice}");

    /// <summary>Gives up a protection from the kernel's kills for want of memory that was inherited: a negative oom_score_adj (proc(5)) becomes 0.</summary>
    public static void GiveUpOomProtection()
    {
        using var file = Fd.Open("/proc/self/oom_score_adj", OpenFlags.ReadWrite | OpenFlags.CloseOnExec);
        Span<byte> value = stackalloc byte[1];
        if (file.ReadAt(0, value) == 1 && value[0] == (byte)'-')
        {
            file.WriteAll("0"u8);
        }
    }

    /// <summary>I/O priority of the calling thread (ioprio_set(2)): the class in the bits above 13, the level below.</summary>
    public static void SetIoPriority(int priority) =>
        Check((int)Libc.Syscall(Libc.Number.IoPrioSet, IoPriorityProcess, 0, priority), $"set I/O priority {priority}");

    /// <summary>Soft and hard limit of a resource (setrlimit(2)).</summary>
    public static void SetLimit(int resource, ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[2] { soft, hard };
        Check(Libc.PrLimit(0, resource, limit, null), $"set resource limit {resource}");
    }

    /// <summary>Soft and hard limit of a resource (getrlimit(2)).</summary>
    public static (ulong Soft, ulong Hard) GetLimit(int resource)
    {
        var limit = stackalloc ulong[2];
        Check(Libc.PrLimit(0, resource, null, limit), $"get resource limit {resource}");
        return (limit[0], limit[1]);
    }

    /// <summary>Makes descriptor <paramref name="number"/> a copy of <paramref name="source"/> that survives exec.</summary>
    public static void Redirect(Fd source, int number) => Check(Libc.Dup2(source.Number, number), "dup2");

    /// <summary>Has every descriptor from <paramref name="first"/> on closed at exec (close_range(2), Linux 5.11).</summary>
    public static void CloseOnExecFrom(int first) =>
        Check((int)Libc.Syscall(Libc.Number.CloseRange, first, int.MaxValue, CloseRangeCloexec), "close_range");

    /// <summary>Has one descriptor closed at exec (fcntl(2), FD_CLOEXEC).</summary>
    public static void CloseOnExec(int number)
    {
        const int SetDescriptorFlags = 2;
        const int FlagCloseOnExec = 1;
        Check(Libc.FCntl(number, SetDescriptorFlags, FlagCloseOnExec), $"close descriptor {number} on exec");
    }

    /// <summary>Gives every signal its default action and unblocks all in the calling thread.</summary>
    public static void ResetSignals()
    {
        // The bare call: glibc hides its two signals from its own, but leaves them ignored in what posix_spawn starts.
        const int KernelSetBytes = 8;
        var defaultAction = stackalloc ulong[4];
        for (var signal = 1; signal <= Signal.Max; signal++)
        {
            // Refused for SIGKILL and SIGSTOP, which need no reset.
            _ = Libc.Syscall(Libc.Number.RtSigAction, signal, (nint)defaultAction, 0, KernelSetBytes);
        }

        Libc.SignalSet none = default;
        _ = Libc.PthreadSigmask(Libc.SigSetMask, &none, null);
    }

    /// <summary>Becomes another program (execve(2)); returns only when that failed.</summary>
    /// <param name="path">NUL-ended.</param>
    /// <param name="arguments">NULL-ended array of NUL-ended strings.</param>
    /// <param name="environment">The same.</param>
    /// <returns>The error number.</returns>
    public static int Execute(byte* path, byte** arguments, byte** environment)
    {
        _ = Libc.Execve(path, arguments, environment);
        return Marshal.GetLastPInvokeError();
    }

    /// <summary>Becomes another program with all signals blocked in it, also in the threads that its runtime starts before Main.</summary>
    /// <exception cref="LinuxException">execve(2) failed.</exception>
    public static void ExecuteWithSignalsBlocked(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var program = new NativeStrings([path]);
        using var words = new NativeStrings(arguments);
        using var variables = new NativeStrings(environment);
        var all = Libc.SignalSet.Full();
        _ = Libc.PthreadSigmask(Libc.SigSetMask, &all, null);
        throw new LinuxException($"start {path}", Execute(program.Pointers[0], words.Pointers, variables.Pointers));
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw LinuxException.Last(what);
        }
    }
}

using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>A system call without anything around it: no saved error number, no transition for the collector.</summary>
    [LibraryImport(Name, EntryPoint = "syscall")]
    [SuppressGCTransition]
    internal static partial nint BareSyscall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>One dup2(2).</summary>
    internal readonly record struct DescriptorMove(int Source, int Target);

    /// <summary>struct clone_args of clone3(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CloneArguments
    {
        public ulong Flags;
        public ulong PidFd;
        public ulong ChildTid;
        public ulong ParentTid;
        public ulong ExitSignal;
        public ulong Stack;
        public ulong StackSize;
        public ulong Tls;
        public ulong SetTid;
        public ulong SetTidSize;
        public ulong Cgroup;
    }
}

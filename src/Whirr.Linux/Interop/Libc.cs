using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

/// <summary>The calls of libc that are in use, by topic. Structures are those of 64-bit Linux with glibc.</summary>
/// <remarks>
/// A path is passed as bytes that end in NUL or as a string that is marshalled as UTF-8. Where glibc makes a change of credentials in all
/// threads of the process (it sends each of them a signal), the bare system call is used: it changes the calling thread alone.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Syscall(nint number, nint a, nint b, nint c);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>Numbers of calls that have no wrapper in the oldest glibc in use, or whose wrapper does more.</summary>
    internal static class Number
    {
        private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

        internal static nint Clone3 => 435;
        internal static nint Dup3 => Arm ? 24 : 292;
        internal static nint Execve => Arm ? 221 : 59;
        internal static nint ExitGroup => Arm ? 94 : 231;
        internal static nint RtSigProcMask => Arm ? 135 : 14;
        internal static nint RtSigAction => Arm ? 134 : 13;
        internal static nint GetDents => Arm ? 61 : 217;
        internal static nint SetGroups => Arm ? 159 : 116;
        internal static nint SetResUid => Arm ? 147 : 117;
        internal static nint SetResGid => Arm ? 149 : 119;
        internal static nint IoPrioSet => Arm ? 30 : 251;
        internal static nint PidfdSendSignal => 424;
        internal static nint PidfdOpen => 434;
        internal static nint CloseRange => 436;
        internal static nint OpenAt2 => 437;
    }
}

using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int PrSetParentDeathSignal = 1;
    internal const int PrSetChildSubreaper = 36;
    internal const int WNoHang = 1;
    internal const int WExited = 4;
    internal const int PPidfd = 3;
    internal const short SpawnSetSigDef = 0x04;
    internal const short SpawnSetSigMask = 0x08;
    internal const short SpawnSetSid = 0x80;

    /// <summary>At least the size of posix_spawnattr_t (336) and of posix_spawn_file_actions_t (80) of glibc.</summary>
    internal const int SpawnObjectBytes = 512;

    [LibraryImport(Name, EntryPoint = "posix_spawn")]
    internal static partial int PosixSpawn(int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_init")]
    internal static partial int SpawnAttrInit(void* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int SpawnAttrDestroy(void* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SpawnAttrSetFlags(void* attributes, short flags);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int SpawnAttrSetSigMask(void* attributes, SignalSet* mask);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SpawnAttrSetSigDefault(void* attributes, SignalSet* signals);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int SpawnActionsInit(void* actions);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int SpawnActionsDestroy(void* actions);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int SpawnActionsAddDup2(void* actions, int fd, int newFd);

    /// <summary>glibc 2.34.</summary>
    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    internal static partial int SpawnActionsAddCloseFrom(void* actions, int first);

    [LibraryImport(Name, EntryPoint = "wait4", SetLastError = true)]
    internal static partial int Wait4(int pid, int* status, int options, ResourceUsage* usage);

    [LibraryImport(Name, EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int idType, uint id, void* info, int options);

    [LibraryImport(Name, EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport(Name, EntryPoint = "getpid")]
    internal static partial int GetPid();

    [LibraryImport(Name, EntryPoint = "getppid")]
    internal static partial int GetParentPid();

    [LibraryImport(Name, EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUid();

    [LibraryImport(Name, EntryPoint = "getegid")]
    internal static partial uint GetEffectiveGid();

    [LibraryImport(Name, EntryPoint = "getgroups", SetLastError = true)]
    internal static partial int GetGroups(int size, uint* groups);

    [LibraryImport(Name, EntryPoint = "setsid", SetLastError = true)]
    internal static partial int SetSid();

    [LibraryImport(Name, EntryPoint = "prctl", SetLastError = true)]
    internal static partial int PrCtl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(Name, EntryPoint = "execve", SetLastError = true)]
    internal static partial int Execve(byte* path, byte** argv, byte** envp);

    [LibraryImport(Name, EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Chdir(string path);

    [LibraryImport(Name, EntryPoint = "umask")]
    internal static partial uint Umask(uint mask);

    [LibraryImport(Name, EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, uint who, int value);

    [LibraryImport(Name, EntryPoint = "prlimit", SetLastError = true)]
    internal static partial int PrLimit(int pid, int resource, ulong* newLimit, ulong* oldLimit);

    [LibraryImport(Name, EntryPoint = "setfsuid")]
    internal static partial uint SetFsUid(uint uid);

    [LibraryImport(Name, EntryPoint = "setfsgid")]
    internal static partial uint SetFsGid(uint gid);

    [LibraryImport(Name, EntryPoint = "getpwuid_r")]
    internal static partial int GetPwUid(uint uid, PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** result);

    /// <summary>struct rusage (getrusage(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceUsage
    {
        internal long UserSeconds;
        internal long UserMicroseconds;
        internal long SystemSeconds;
        internal long SystemMicroseconds;
        internal long MaxRssKilobytes;
        private fixed long _memoryUse[6];
        internal long InBlocks;
        internal long OutBlocks;
        private fixed long _rest[5];
    }

    /// <summary>struct passwd (getpwnam(3)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswdEntry
    {
        internal byte* Name;
        internal byte* Password;
        internal uint Uid;
        internal uint Gid;
        internal byte* Gecos;
        internal byte* Home;
        internal byte* Shell;
    }
}

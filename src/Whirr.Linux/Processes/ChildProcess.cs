using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>Starts and reaps children.</summary>
/// <remarks>By posix_spawn(3): managed code must not run between fork and exec, and with a large parent it is also many times faster.</remarks>
public static unsafe class ChildProcess
{
    private const int FirstAfterStandard = 3;

    /// <summary>The unit of ru_inblock and ru_oublock (getrusage(2)), whatever the file system.</summary>
    private const long BlockBytes = 512;

    /// <summary>Starts a program; returns its process id.</summary>
    /// <exception cref="LinuxException">posix_spawn(3) failed, e.g. ENOENT.</exception>
    public static int Spawn(SpawnRequest request)
    {
        var attributes = stackalloc byte[Libc.SpawnObjectBytes];
        var actions = stackalloc byte[Libc.SpawnObjectBytes];
        using var descriptors = new DescriptorMoves(request.Descriptors);
        Check(Libc.SpawnAttrInit(attributes), "posix_spawnattr_init");
        Check(Libc.SpawnActionsInit(actions), "posix_spawn_file_actions_init");
        try
        {
            SetAttributes(attributes, request);

            foreach (var move in descriptors.Moves)
            {
                Check(Libc.SpawnActionsAddDup2(actions, move.Source, move.Target), "posix_spawn_file_actions_adddup2");
            }

            CloseOthers(actions, Math.Max(FirstAfterStandard, descriptors.End));
            using var path = new NativeStrings([request.Path]);
            using var arguments = new NativeStrings(request.Arguments);
            using var environment = new NativeStrings(request.Environment);
            int pid;
            Check(Libc.PosixSpawn(&pid, path.Pointers[0], actions, attributes, arguments.Pointers, environment.Pointers), $"start {request.Path}");
            return pid;
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttrDestroy(attributes);
        }
    }

    /// <summary>Takes the end of a child, if there is one to be taken.</summary>
    /// <param name="pid">Which one; -1 for any.</param>
    /// <param name="ended">How it ended.</param>
    /// <param name="anyLeft">False: there is no such child, not even a running one.</param>
    public static bool TryReap(int pid, out ReapedChild ended, out bool anyLeft)
    {
        int status;
        Libc.ResourceUsage usage = default;
        int result;
        do
        {
            result = Libc.Wait4(pid, &status, Libc.WNoHang, &usage);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr);
        anyLeft = result >= 0 || Marshal.GetLastPInvokeError() != Errno.Echild;
        ended = result <= 0 ? default : new ReapedChild(
            result,
            new WaitStatus(status),
            1024 * usage.MaxRssKilobytes,
            (1_000_000 * (usage.UserSeconds + usage.SystemSeconds)) + usage.UserMicroseconds + usage.SystemMicroseconds)
        {
            ReadBytes = BlockBytes * usage.InBlocks,
            WrittenBytes = BlockBytes * usage.OutBlocks,
        };
        return result > 0;
    }

    /// <summary>Sends a signal to a process, or to the process group -<paramref name="pid"/>.</summary>
    /// <returns>0, or the error number (ESRCH: there is none; EPERM: it may not be signalled).</returns>
    public static int Send(int pid, int signal) => Libc.Kill(pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The children of the calling process, also those that were orphaned to it.</summary>
    public static IReadOnlyList<int> ListOwn()
    {
        // /proc/self/task/TID/children is quick but some kernels are built without it (CONFIG_PROC_CHILDREN).
        var self = Libc.GetPid();
        using var file = Fd.TryOpenAt(null, $"/proc/self/task/{self}/children", OpenFlags.ReadOnly);
        if (file is null)
        {
            return [.. ProcessTable.Read().Where(process => process.ParentPid == self).Select(process => process.Pid)];
        }

        // The file is about one thread. The kernel gives orphans to the first thread that lives, and children here are started by the
        // main thread alone, which lives as long as the process.
        var text = Encoding.ASCII.GetString(file.ReadAll(1 << 24));
        return [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    /// <summary>Closes what this process was itself started with and does not know of: a lock of the shell above it, for example, would
    /// be held for as long as the child lives.</summary>
    private static void CloseOthers(byte* actions, int first)
    {
        try
        {
            Check(Libc.SpawnActionsAddCloseFrom(actions, first), "posix_spawn_file_actions_addclosefrom_np");
        }
        catch (EntryPointNotFoundException)
        {
            // A glibc before 2.34. Everything made here is closed on exec anyway; the rest is now too.
            CurrentProcess.CloseOnExecFrom(FirstAfterStandard);
        }
    }

    private static void SetAttributes(byte* attributes, SpawnRequest request)
    {
        var all = Libc.SignalSet.Full();
        var mask = request.BlockSignals ? all : default;
        var flags = Libc.SpawnSetSigDef | Libc.SpawnSetSigMask | (request.NewSession ? Libc.SpawnSetSid : 0);
        Check(Libc.SpawnAttrSetSigDefault(attributes, &all), "posix_spawnattr_setsigdefault");
        Check(Libc.SpawnAttrSetSigMask(attributes, &mask), "posix_spawnattr_setsigmask");
        Check(Libc.SpawnAttrSetFlags(attributes, (short)flags), "posix_spawnattr_setflags");
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new LinuxException(what, error);
        }
    }
}

using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>Starts a program inside a cgroup from its first moment (clone3(2) with CLONE_INTO_CGROUP, Linux 5.7).</summary>
/// <remarks>
/// Moving a process afterwards, by a write to cgroup.procs, makes the kernel wait for all processors: 5 to 15 ms on a busy machine.
///
/// clone3 returns twice, as fork does. The child is a copy of this process in which only the calling thread exists. Until execve it makes
/// system calls and nothing else: it allocates nothing, and the calls have no transition in which the collector could stop it. Even so this
/// is for a small program that starts its child from its only working thread, the keeper; everybody else takes <see cref="ChildProcess"/>.
/// </remarks>
public static unsafe class CgroupSpawn
{
    private const ulong IntoCgroup = 0x2_0000_0000;
    private const int SetMask = 2;
    private const int SignalSetBytes = 8;
    private const int NotExecuted = 127;

    /// <summary>Starts a program with all signals blocked.</summary>
    /// <param name="request">What to start; <see cref="SpawnRequest.NewSession"/> is not for this.</param>
    /// <param name="leaf">Where.</param>
    /// <returns>Its process id; null when the kernel does not do this here. A program that cannot be executed ends with code 127.</returns>
    public static int? TrySpawn(SpawnRequest request, CgroupLeaf leaf)
    {
        using var directory = Fd.Open(leaf.Path, OpenFlags.ReadOnly | OpenFlags.Directory);
        using var descriptors = new DescriptorMoves(request.Descriptors);
        using var path = new NativeStrings([request.Path]);
        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings(request.Environment);
        var clone = new Libc.CloneArguments { Flags = IntoCgroup, ExitSignal = Signal.Child, Cgroup = (ulong)directory.Number };
        var child = new Child
        {
            Path = path.Pointers[0],
            Arguments = arguments.Pointers,
            Environment = environment.Pointers,
            RtSigProcMask = Libc.Number.RtSigProcMask,
            Dup3 = Libc.Number.Dup3,
            Execve = Libc.Number.Execve,
            ExitGroup = Libc.Number.ExitGroup,
        };
        fixed (Libc.DescriptorMove* moves = descriptors.Moves)
        {
            child.Moves = moves;
            child.MoveCount = descriptors.Moves.Length;
            var pid = Libc.BareSyscall(Libc.Number.Clone3, (nint)(&clone), sizeof(Libc.CloneArguments), 0, 0);
            if (pid == 0)
            {
                Become(&child);
            }

            return pid > 0 ? (int)pid : null;
        }
    }

    /// <summary>What the child does. See the remarks above before adding anything.</summary>
    private static void Become(Child* child)
    {
        var all = ulong.MaxValue;
        Libc.BareSyscall(child->RtSigProcMask, SetMask, (nint)(&all), 0, SignalSetBytes);
        for (var i = 0; i < child->MoveCount; i++)
        {
            Libc.BareSyscall(child->Dup3, child->Moves[i].Source, child->Moves[i].Target, 0, 0);
        }

        Libc.BareSyscall(child->Execve, (nint)child->Path, (nint)child->Arguments, (nint)child->Environment, 0);
        Libc.BareSyscall(child->ExitGroup, NotExecuted, 0, 0, 0);
    }

    /// <summary>Everything the child needs, so that it looks nothing up.</summary>
    private struct Child
    {
        public byte* Path;
        public byte** Arguments;
        public byte** Environment;
        public Libc.DescriptorMove* Moves;
        public int MoveCount;
        public nint RtSigProcMask;
        public nint Dup3;
        public nint Execve;
        public nint ExitGroup;
    }
}

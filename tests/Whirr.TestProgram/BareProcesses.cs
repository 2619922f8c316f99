using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Whirr.TestProgram;

/// <summary>Processes made by the bare system calls: quickly and by the thousand, without a program of their own.</summary>
/// <remarks>A child is a copy of this process with the calling thread alone: it makes system calls, by the one import that is bound before,
/// and nothing else.</remarks>
internal static partial class BareProcesses
{
    private const int SigChild = 17;
    private const int FirstDescriptors = 64;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly nint Clone = Arm ? 220 : 56;
    private static readonly nint SetSid = Arm ? 157 : 112;
    private static readonly nint ExitGroup = Arm ? 94 : 231;
    private static readonly nint PPoll = Arm ? 73 : 271;
    private static readonly nint GetPid = Arm ? 172 : 39;
    private static readonly nint Write = Arm ? 64 : 1;
    private static readonly nint Close = Arm ? 57 : 3;

    /// <summary>Forks the next and exits, for ever; each in a session of its own if wanted.</summary>
    public static void Chain(bool ownSessions)
    {
        Bind();
        while (true)
        {
            if (Call(Clone, SigChild, 0, 0, 0, 0) > 0)
            {
                Call(ExitGroup, 0, 0, 0, 0, 0);
            }

            if (ownSessions)
            {
                Call(SetSid, 0, 0, 0, 0, 0);
            }
        }
    }

    /// <summary>So many children, each with so many children, so deep, that do nothing until they are killed. Returns in the root.</summary>
    public static void Tree(int width, int depth)
    {
        Bind();
        Grow(width, depth);
    }

    /// <summary>A daemon as in the books: two forks, a session of its own, every file closed. Returns in the process that it leaves.</summary>
    public static void LeaveDaemon()
    {
        Bind();
        if (Call(Clone, SigChild, 0, 0, 0, 0) > 0)
        {
            return;
        }

        Call(SetSid, 0, 0, 0, 0, 0);
        if (Call(Clone, SigChild, 0, 0, 0, 0) > 0)
        {
            Call(ExitGroup, 0, 0, 0, 0, 0);
        }

        for (var fd = 0; fd < FirstDescriptors; fd++)
        {
            Call(Close, fd, 0, 0, 0, 0);
        }

        SleepForEver();
    }

    /// <summary>Starts up to so many processes that do nothing, writes how many it was allowed, and ends.</summary>
    public static unsafe void FillAndTell(int most)
    {
        Bind();
        var started = 0;
        for (; started < most; started++)
        {
            var child = Call(Clone, SigChild, 0, 0, 0, 0);
            if (child == 0)
            {
                SleepForEver();
            }

            if (child < 0)
            {
                break;
            }
        }

        // The runtime may want a thread to write or to end, and can have none now.
        var text = Encoding.UTF8.GetBytes($"started {started}\n");
        fixed (byte* first = text)
        {
            Call(Write, 1, (nint)first, text.Length, 0, 0);
        }

        Call(ExitGroup, 0, 0, 0, 0, 0);
    }

    /// <summary>Takes memory and touches every page of it.</summary>
    public static unsafe void Eat(int bytes)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(memory, bytes).Fill(1);
    }

    private static void Grow(int width, int depth)
    {
        for (var i = 0; depth > 0 && i < width; i++)
        {
            if (Call(Clone, SigChild, 0, 0, 0, 0) == 0)
            {
                Grow(width, depth - 1);
                SleepForEver();
            }
        }
    }

    private static void SleepForEver()
    {
        while (true)
        {
            Call(PPoll, 0, 0, 0, 0, 0);
        }
    }

    private static void Bind()
    {
        RuntimeHelpers.RunClassConstructor(typeof(BareProcesses).TypeHandle);
        Call(GetPid, 0, 0, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [SuppressGCTransition]
    private static partial nint Call(nint number, nint a, nint b, nint c, nint d, nint e);
}

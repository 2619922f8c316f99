using System.Runtime.InteropServices;
using System.Text;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Exec;

/// <summary>The program of the job with its arguments and environment, as execve(2) wants them.</summary>
/// <remarks>The strings stay where they are in the spec, which is in memory that does not move; only arrays of pointers are made.</remarks>
internal sealed unsafe class Command
{
    private readonly byte** _arguments;
    private readonly byte** _environment;
    private readonly int _argumentBytes;
    private readonly int _environmentBytes;
    private readonly string _program;
    private readonly string _workdir;

    private Command(LaunchSpec spec)
    {
        _arguments = PointersTo(spec.Arguments);
        _environment = PointersTo(spec.Environment);
        _argumentBytes = spec.Arguments.Length;
        _environmentBytes = spec.Environment.Length;
        _program = Marshal.PtrToStringUTF8((nint)_arguments[0]) ?? "";
        _workdir = spec.Workdir;
    }

    /// <summary>Makes ready to run the command of <paramref name="spec"/>.</summary>
    public static Command Find(LaunchSpec spec) =>
        spec.Arguments.Length > 1 ? new Command(spec) : throw new StartException("exec", Errno.Einval, "the command is empty");

    /// <summary>True when there is something to execute; whether it can be executed only the kernel knows.</summary>
    public bool IsThere => _program.Contains('/')
        ? ProgramPath.IsFile(_program)
        : ProgramPath.Candidates(PathVariable() ?? ProgramPath.Default, _program).Any(ProgramPath.IsFile);

    /// <summary>Becomes the command; returns only by an exception.</summary>
    /// <exception cref="StartException">No such program, not executable and so on.</exception>
    public void Execute()
    {
        ArgumentSpace.MakeRoom(_arguments, _argumentBytes, _environment, _environmentBytes);
        if (_program.Contains('/'))
        {
            throw Refused(_program, Try(_program));
        }

        throw Search(PathVariable() ?? ProgramPath.Default);
    }

    /// <summary>Tries the directories of PATH in turn, as execvp(3) does; returns why none was right.</summary>
    private StartException Search(string path)
    {
        string? denied = null;
        foreach (var candidate in ProgramPath.Candidates(path, _program))
        {
            var error = Try(candidate);
            switch (error)
            {
                case Errno.Eacces:
                    denied ??= candidate;
                    break;
                case Errno.Enotdir or Errno.Eloop or Errno.Enametoolong:
                case Errno.Enoent when !ProgramPath.IsFile(candidate):
                    break;
                default:
                    return Refused(candidate, error);
            }
        }

        return denied is not null
            ? Refused(denied, Errno.Eacces)
            : new StartException("exec", Errno.Enoent, $"cannot start \"{_program}\": no such file in PATH ({path})");
    }

    private int Try(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes($"{path}\0"))
        {
            return CurrentProcess.Execute(bytes, _arguments, _environment);
        }
    }

    private StartException Refused(string path, int error) =>
        new("exec", error, $"cannot start \"{_program}\": {ProgramPath.Explain(path, error, _workdir, _argumentBytes, _environmentBytes)}");

    private string? PathVariable()
    {
        for (var entry = _environment; *entry is not null; entry++)
        {
            var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry);
            if (text.StartsWith("PATH="u8))
            {
                return Encoding.UTF8.GetString(text[5..]);
            }
        }

        return null;
    }

    private static byte** PointersTo(ReadOnlyMemory<byte> block)
    {
        if (!block.IsEmpty && block.Span[^1] != 0)
        {
            throw new StartException("exec", Errno.Einval, "the command or its environment is not ended by NUL");
        }

        var count = block.Span.Count((byte)0);
        var pointers = (byte**)NativeMemory.Alloc((nuint)(count + 1), (nuint)sizeof(byte*));
        var handle = block.Pin();
        var next = (byte*)handle.Pointer;
        for (var i = 0; i < count; i++)
        {
            pointers[i] = next;
            next += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(next).Length + 1;
        }

        pointers[count] = null;
        return pointers;
    }
}

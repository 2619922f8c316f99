using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Exec;

/// <summary>Where programs are looked for, and why one cannot be run, in words.</summary>
internal static class ProgramPath
{
    /// <summary>For a job without PATH.</summary>
    public const string Default = "/usr/local/bin:/usr/bin:/bin";

    private const int MaxStringBytes = 128 << 10;

    /// <summary>The places of <paramref name="program"/> in a PATH; an empty entry is the working directory (environ(7)).</summary>
    public static IEnumerable<string> Candidates(string path, string program) =>
        path.Split(':').Select(directory => directory.Length == 0 ? $"./{program}" : $"{directory}/{program}");

    /// <summary>Why execve(2) refused <paramref name="path"/>; relative paths are those of the working directory.</summary>
    public static string Explain(string path, int error, string workdir, int argumentBytes, int environmentBytes) => error switch
    {
        Errno.Enoent or Errno.Enotdir when Interpreter(path) is { } interpreter => $"its interpreter {interpreter} does not exist",
        Errno.Enoent when IsFile(path) => $"{path} needs a program loader that does not exist here",
        Errno.Enoent => $"no such file (in {workdir})",
        Errno.Enotdir => $"a part of the path {path} is not a directory (in {workdir})",
        Errno.Eacces when IsDirectory(path) => $"{path} is a directory",
        Errno.Eacces when Find(path) is null => $"{path} may not be looked at (permission denied)",
        Errno.Eacces => $"{path} is not executable (permission denied); chmod +x may help",
        Errno.Enoexec => $"{path} has an exec format error: has it no \"#!\" line, or is it for another machine?",
        Errno.E2Big => $"the command line ({Size(argumentBytes)}) and the environment ({Size(environmentBytes)}) are too long for Linux, "
            + $"which takes {Size(6 << 20)} in all and {Size(MaxStringBytes)} in one argument",
        _ => LinuxException.Describe(error),
    };

    /// <summary>True when something is there that is no directory.</summary>
    public static bool IsFile(string path) => Find(path) is { IsDirectory: false };

    private static bool IsDirectory(string path) => Find(path) is { IsDirectory: true };

    private static FileFacts? Find(string path)
    {
        try
        {
            return Paths.TryStat(null, path);
        }
        catch (LinuxException)
        {
            // Behind a directory that may not be searched, a loop of links, a name that is too long: as good as not there.
            return null;
        }
    }

    /// <summary>The program after "#!" in the first line of a script; null for anything else.</summary>
    private static string? Interpreter(string path)
    {
        try
        {
            using var file = Fd.TryOpenAt(null, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            Span<byte> start = stackalloc byte[256];
            var length = file?.Read(start) ?? 0;
            if (length < 3 || !start.StartsWith("#!"u8))
            {
                return null;
            }

            var line = Encoding.UTF8.GetString(start[2..length]).Split('\n')[0].Trim();
            return line.Split(' ', '\t')[0] is { Length: > 0 } program ? program : null;
        }
        catch (LinuxException)
        {
            // A script that can be run but not read: the plain sentence has to do.
            return null;
        }
    }

    private static string Size(int bytes) => bytes < 1 << 20 ? $"{bytes / 1024.0:0.#} KiB" : $"{bytes / 1048576.0:0.#} MiB";
}

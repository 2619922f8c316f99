using System.Collections;
using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Cli.Machine;

/// <summary>What a program said on its standard output, and its exit code; -1: it did not end in time and was ended.</summary>
internal readonly record struct ProgramAnswer(int ExitCode, string Output);

/// <summary>Asks programs of the machine, such as systemctl. Each has ten seconds.</summary>
internal static class ProgramRun
{
    private const int PatienceMs = 10_000;
    private const int MostBytes = 1 << 20;
    private const int Sigkill = 9;

    /// <summary>Runs the first program of that name in PATH, with nothing on its standard input; null when there is none or it cannot be started.</summary>
    public static ProgramAnswer? Ask(string name, IReadOnlyList<string> arguments)
    {
        if (Find(name) is not { } path)
        {
            return null;
        }

        try
        {
            return Run(path, [name, .. arguments]);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
        .Split(':')
        .Where(directory => directory.StartsWith('/'))
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(path => File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static ProgramAnswer Run(string path, IReadOnlyList<string> arguments)
    {
        var (reading, writing) = Pipe.Create();
        using (reading)
        {
            int pid;
            using (writing)
            {
                using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
                pid = ChildProcess.Spawn(new SpawnRequest
                {
                    Path = path,
                    Arguments = arguments,
                    Environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")],
                    Descriptors = [(nothing, 0), (writing, 1), (nothing, 2)],
                    NewSession = true,
                });
            }

            using var process = Pidfd.TryOpen(pid) ?? throw new LinuxException($"{path} is gone", Errno.Esrch);
            var deadline = Environment.TickCount64 + PatienceMs;
            var output = Read(reading, deadline);
            var entry = new PollEntry(process.Number, PollEntry.In);
            var inTime = Poller.Wait(new Span<PollEntry>(ref entry), Left(deadline)) > 0;
            if (!inTime)
            {
                // Its whole session: what hangs is often a child.
                _ = ChildProcess.Send(-pid, Sigkill);
                _ = Poller.Wait(new Span<PollEntry>(ref entry), -1);
            }

            return new ProgramAnswer(ChildProcess.TryReap(pid, out var ended, out _) && inTime ? ended.Status.ExitCode : -1, output);
        }
    }

    private static string Read(Fd reading, long deadline)
    {
        var output = new MemoryStream();
        var piece = new byte[4096];
        var entry = new PollEntry(reading.Number, PollEntry.In);
        while (output.Length < MostBytes && Poller.Wait(new Span<PollEntry>(ref entry), Left(deadline)) > 0)
        {
            var read = reading.Read(piece);
            if (read <= 0)
            {
                break;
            }

            output.Write(piece, 0, read);
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static int Left(long deadline) => (int)Math.Max(0, deadline - Environment.TickCount64);
}

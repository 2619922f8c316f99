using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>What the processes of a job are doing, as a table for people.</summary>
/// <remarks>Names and arguments are the job's own and may hold anything: what is not printable ASCII is written as \xNN.</remarks>
internal static class ProcessDump
{
    private const int MostProcesses = 200;
    private const int MostThreads = 50;
    private const int MostOfCommand = 200;

    /// <summary>Looks at all of them now.</summary>
    /// <param name="why">The sentence above the table.</param>
    public static byte[] Take(string why)
    {
        var text = new StringBuilder();
        text.Append("\n──── whirr: ").Append(why).Append(" ────\n");
        text.Append("      PID STATE WAITS IN                 COMMAND\n");
        var all = TreeProcesses.List();
        foreach (var process in all.Take(MostProcesses))
        {
            AddProcess(text, process);
        }

        if (all.Count > MostProcesses)
        {
            text.Append("          and ").Append(all.Count - MostProcesses).Append(" more processes\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("──── whirr: end of the list ────\n").ToString());
    }

    private static void AddProcess(StringBuilder text, ProcessStat process)
    {
        var directory = $"/proc/{process.Pid}";
        AddRow(text, $"{process.Pid}", process.State, Read($"{directory}/wchan"), CommandOf(directory));
        List<string> threads = [.. Threads(directory).Where(thread => thread != $"{process.Pid}")];
        foreach (var thread in threads.Take(MostThreads))
        {
            var stat = Read($"{directory}/task/{thread}/stat");
            var state = stat.LastIndexOf(')') is var end and > 0 && end + 2 < stat.Length ? stat[end + 2] : '?';
            AddRow(text, $"  +{thread}", state, Read($"{directory}/task/{thread}/wchan"), Read($"{directory}/task/{thread}/comm"));
        }

        if (threads.Count > MostThreads)
        {
            text.Append("          and ").Append(threads.Count - MostThreads).Append(" more threads\n");
        }
    }

    private static void AddRow(StringBuilder text, string id, char state, string place, string command) =>
        text.Append(id.PadLeft(9)).Append(' ').Append(state).Append("     ")
            .Append(place is "" or "0" ? "-".PadRight(24) : Printable(place).PadRight(24)).Append(' ').Append(Printable(command)).Append('\n');

    private static string CommandOf(string directory)
    {
        var command = Read($"{directory}/cmdline").TrimEnd('\0').Replace('\0', ' ');
        return command.Length == 0 ? $"[{Read($"{directory}/comm")}]" : command;
    }

    private static IEnumerable<string> Threads(string directory)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"{directory}/task").Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return [];
        }
    }

    /// <summary>The beginning of a file of /proc; empty when the process has ended, or is not to be looked at.</summary>
    private static string Read(string path)
    {
        try
        {
            using var file = Fd.Open(path, OpenFlags.ReadOnly);
            Span<byte> bytes = stackalloc byte[1024];
            return Encoding.Latin1.GetString(bytes[..Math.Max(0, file.Read(bytes))]).TrimEnd('\n');
        }
        catch (LinuxException)
        {
            return "";
        }
    }

    private static string Printable(string words)
    {
        var text = new StringBuilder();
        foreach (var letter in words.Take(MostOfCommand))
        {
            _ = letter is >= ' ' and <= '~' and not '\\' ? text.Append(letter) : text.Append($"\\x{(int)letter:x2}");
        }

        return words.Length > MostOfCommand ? $"{text}..." : text.ToString();
    }
}

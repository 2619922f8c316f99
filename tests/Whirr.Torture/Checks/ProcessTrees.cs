using System.Text;
using Whirr.Linux.Processes;
using Whirr.Torture.Places;

namespace Whirr.Torture.Checks;

/// <summary>A process of this session.</summary>
internal sealed record OwnProcess(int Pid, char State, string CommandLine, long JobId, int Attempt)
{
    public bool IsKeeper => CommandLine.StartsWith("whirr-keeper", StringComparison.Ordinal);
}

/// <summary>Finds the processes of jobs in the process table: by what is in their environment or their command line.</summary>
internal static class ProcessTrees
{
    public static IReadOnlyList<OwnProcess> Find(Workplace place)
    {
        var found = new List<OwnProcess>();
        foreach (var process in ProcessTable.Read().Where(process => !process.IsDead))
        {
            var command = Read(process.Pid, "cmdline");
            var environment = Read(process.Pid, "environ");
            if (command.Any(word => word.StartsWith(place.Root, StringComparison.Ordinal)) || environment.Contains($"WHIRR_SOCKET={place.Socket}"))
            {
                var (job, attempt) = Identify(command, environment);
                found.Add(new OwnProcess(process.Pid, process.State, string.Join(' ', command), job, attempt));
            }
        }

        return found;
    }

    private static (long Job, int Attempt) Identify(string[] command, string[] environment)
    {
        // Without an environment: sh -c SCRIPT LEDGER/stayer JOB ATTEMPT.
        var stayer = Array.FindIndex(command, word => word.EndsWith("/stayer", StringComparison.Ordinal));
        return stayer >= 0 && stayer + 2 < command.Length
            ? (long.Parse(command[stayer + 1]), int.Parse(command[stayer + 2]))
            : (long.Parse(Value(environment, "WHIRR_JOB_ID=") ?? "0"), int.Parse(Value(environment, "WHIRR_ATTEMPT=") ?? "0"));
    }

    private static string? Value(string[] environment, string prefix) =>
        Array.Find(environment, entry => entry.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];

    private static string[] Read(int pid, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{name}")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's.
            return [];
        }
    }
}

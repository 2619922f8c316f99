using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>Run directories of a test, which the index of its daemon knows.</summary>
internal static class RunDirectories
{
    /// <summary>Makes one with a <c>meta.json</c>, in the project at the place of the daemon.</summary>
    public static Run MakeRun(this FakeDaemon daemon, string id, string meta = "{}", Action<Run>? change = null)
    {
        var run = new Run { RunId = id, RunDir = Path.Combine(daemon.Place, ".whirr/runs", id), Name = id, State = JobState.Completed };
        Directory.CreateDirectory(run.RunDir);
        File.WriteAllText(Path.Combine(run.RunDir, "meta.json"), meta);
        change?.Invoke(run);
        daemon.Runs.All.Add(run);
        return run;
    }

    /// <summary>Writes a file of a run, with the directories above it.</summary>
    public static string Write(this Run run, string name, string content)
    {
        var path = Path.Combine(run.RunDir, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public static string Read(this Run run, string name) => File.ReadAllText(Path.Combine(run.RunDir, name));
}

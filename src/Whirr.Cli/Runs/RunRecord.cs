using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Domain.Jobs;
using Whirr.Protocol.Mapping;
using Whirr.Protocol.V1;
using Whirr.Runs;
using WireState = Whirr.Protocol.V1.JobState;

namespace Whirr.Cli.Runs;

/// <summary>What the files of a run directory say about it, without a daemon: what the daemon would read in them, with the rights of the caller.
/// What cannot be read is left out, and said in <c>problem</c>.</summary>
internal static class RunRecord
{
    /// <summary>Reads <c>meta.json</c> and <c>config.json</c> below <paramref name="runDir"/>; never throws.</summary>
    public static Run Read(string runDir)
    {
        var owner = FileOwner.Of(runDir).Select(uid => new JobOwner(uid, uid, [], Users.Name(uid))).LastOrDefault() ?? new JobOwner(uint.MaxValue, uint.MaxValue, [], "");
        var facts = ReadFile(runDir, RunFiles.Meta, MetaEdit.MostBytes, out var problem) is { } meta
            ? RunMetaReader.Read(meta)
            : RunFacts.None with { Problem = problem ?? $"there is no {RunFiles.Meta}" };
        var config = ReadFile(runDir, RunFiles.Config, RunConfigReader.MaxBytes, out var configProblem) is { } content
            ? RunConfigReader.Read(content, out configProblem)
            : null;
        var run = RunEntries.Compose(owner, Path.GetDirectoryName(runDir) ?? "/", Path.GetFileName(runDir), facts, config, configProblem, verdict: null).ToWire();

        // Whether a run lives that names no state is for the daemon to say, which knows the processes of this machine.
        run.State = facts.Status is null ? WireState.Unspecified : run.State;
        return run;
    }

    /// <summary>Null when there is none, or it cannot be read, which is then said.</summary>
    private static byte[]? ReadFile(string runDir, string name, int most, out string? problem)
    {
        problem = null;
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            return directory.Read(name, most);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            problem = $"{name} cannot be read: {FileProblem.Describe(exception)}";
            return null;
        }
    }
}

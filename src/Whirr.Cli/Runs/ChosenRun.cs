using Whirr.Protocol.V1;

namespace Whirr.Cli.Runs;

/// <summary>A run that was named on the command line.</summary>
/// <param name="RunDir">Absolute path of its directory.</param>
/// <param name="Run">What its records say; from the daemon, or from the files as far as they go.</param>
internal sealed record ChosenRun(string RunDir, Run Run)
{
    /// <summary>What people call it: its name, or its id when it has none.</summary>
    public string Label => Run.Name.Length > 0 ? Run.Name : Run.RunId;
}

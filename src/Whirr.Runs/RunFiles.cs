namespace Whirr.Runs;

/// <summary>Names in a run directory.</summary>
public static class RunFiles
{
    /// <summary>What the run is and how it ended (<see cref="RunMeta"/>).</summary>
    public const string Meta = "meta.json";

    /// <summary>The configuration given at submit: one JSON object.</summary>
    public const string Config = "config.json";

    /// <summary>What the script measured: a JSON object a line (<see cref="MetricLine"/>).</summary>
    public const string Metrics = "metrics.jsonl";

    /// <summary>What machine and run used while it ran: a JSON object a line.</summary>
    public const string System = "system.jsonl";

    /// <summary>What the script wants people to know: a JSON object a line (<see cref="RunAlert"/>).</summary>
    public const string Alerts = "alerts.jsonl";

    /// <summary>Held locked (fcntl(2), F_OFD_SETLK, exclusive, the whole file) by the process of a run outside a queue, or by the keeper of a job,
    /// for as long as it lives, and touched by it every 30 s. Content: process id, id of the boot and name of the machine, separated by blanks.</summary>
    public const string Lock = "run.lock";

    /// <summary>Standard output and error of all attempts.</summary>
    public const string Log = "output.log";

    /// <summary>Directory of saved files.</summary>
    public const string Artifacts = "artifacts";

    /// <summary>Directory in which a job keeps what a later attempt of it goes on from.</summary>
    public const string Checkpoints = "checkpoints";
}

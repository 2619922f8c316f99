namespace Whirr.Domain.Jobs;

/// <summary>Sentences about ends, for the user: the same in the queue and in the record of the run.</summary>
public static class EndSentence
{
    /// <summary>The daemon's end was the end of the job.</summary>
    public const string DaemonLoss = "the daemon went away and the job was told to end with it (on_daemon_loss: kill)";

    /// <summary>The keeper got SIGTERM.</summary>
    public const string KeeperStopped =
        "its keeper was told to stop and ended it (the machine shut down, or whirr-jobs.service was stopped)";

    /// <summary>It exited by itself.</summary>
    /// <param name="code">1..255.</param>
    public static string ExitedWith(int code) => $"the command exited with code {code}";

    /// <summary>A signal ended it that did not come from its keeper.</summary>
    public static string Signalled(int signal, bool coreDumped)
    {
        var core = coreDumped ? ", core dumped" : "";
        return $"the command was ended by signal {signal} ({SignalNames.Describe(signal)}{core}); whirr did not send it";
    }
}

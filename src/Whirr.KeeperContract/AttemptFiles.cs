namespace Whirr.KeeperContract;

/// <summary>The files of an attempt directory: what is known about an attempt whatever happens to the daemon.</summary>
public static class AttemptFiles
{
    /// <summary>Locked (flock(2), exclusive) by the keeper for as long as it lives: proof of life. Empty.</summary>
    public const string Lock = "lock";

    /// <summary>How the attempt ended (<see cref="ExitRecord"/>); there only when it has ended.</summary>
    public const string Exit = "exit.json";

    /// <summary>Tombstone. Written under the lock by a daemon that has given the attempt up; a keeper that finds it starts nothing.</summary>
    public const string Void = "void";

    /// <summary>The Unix socket on which the keeper listens for the next daemon.</summary>
    public const string ControlSocket = "control.sock";

    /// <summary>What identifies the processes of the attempt (<see cref="KeeperFacts"/>).</summary>
    public const string Facts = "keeper.json";

    /// <summary>Standard error of the keeper; its last lines explain a keeper that died.</summary>
    public const string Log = "keeper.log";

    /// <summary>The cgroup for keepers, below the one for jobs; there when keepers have to leave the daemon's.</summary>
    public const string KeepersCgroup = "keepers";

    /// <summary>Name of the directory of an attempt: <c>7-2</c> for attempt 2 of job 7.</summary>
    public static string DirectoryName(long jobId, int attempt) => $"{jobId}-{attempt}";
}

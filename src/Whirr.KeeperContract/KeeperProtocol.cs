namespace Whirr.KeeperContract;

/// <summary>Numbers and names that the daemon and its keepers agree on.</summary>
/// <remarks>
/// A keeper outlives the daemon that started it, so a daemon meets keepers of older and of newer versions. Both sides therefore ignore
/// fields and message types that they do not know, and give fields that are missing the value they had before the field existed.
/// <see cref="Version"/> grows only when that is not enough.
/// </remarks>
public static class KeeperProtocol
{
    /// <summary>Version of the messages, of the launch spec and of the files of an attempt.</summary>
    public const int Version = 1;

    /// <summary>In <c>whirr-keeper keep</c>: the keeper's end of a stream socket pair whose other end the daemon holds.</summary>
    public const int DaemonSocketFd = 3;

    /// <summary>In <c>whirr-keeper keep</c>: a memfd with the launch spec (<see cref="LaunchSpecFormat"/>).</summary>
    public const int SpecFd = 4;

    /// <summary>Largest body of a frame in bytes.</summary>
    public const int MaxFrameBytes = 1 << 20;

    /// <summary>The verb that keeps an attempt; its argument is the attempt directory.</summary>
    public const string KeepVerb = "keep";

    /// <summary>The verb that becomes the job; used by the keeper alone.</summary>
    public const string ExecVerb = "exec";

    /// <summary>The verb that records an end in a run directory for which no keeper is left.</summary>
    public const string StampVerb = "stamp";

    /// <summary>The verb that removes a run directory; its argument is the UUID of the job. It writes a <see cref="RemovalReport"/> to
    /// <see cref="DaemonSocketFd"/>.</summary>
    public const string RemoveVerb = "remove";

    /// <summary>Second argument of <see cref="RemoveVerb"/>: only say how much there is.</summary>
    public const string MeasureOnly = "--measure";
}

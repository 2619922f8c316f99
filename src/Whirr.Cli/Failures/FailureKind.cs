namespace Whirr.Cli.Failures;

/// <summary>Why a verb could not do its work: a closed set.</summary>
internal enum FailureKind
{
    /// <summary>The command line, or a file it names, is wrong.</summary>
    Usage,

    /// <summary>Nothing listens where a daemon should.</summary>
    NoDaemon,

    /// <summary>There is a daemon, and it did not answer in time.</summary>
    Timeout,
    NotFound,
    PermissionDenied,

    /// <summary>The job is in the wrong state for this.</summary>
    WrongState,

    /// <summary>The daemon does not accept the request as it is.</summary>
    Invalid,

    /// <summary>An id is taken by another job.</summary>
    Conflict,

    /// <summary>A documented limit.</summary>
    Limit,

    /// <summary>A file could not be read or written.</summary>
    Files,

    /// <summary>The daemon failed or talks another language.</summary>
    Daemon,

    /// <summary>A mistake in whirrctl itself.</summary>
    Internal,
}

/// <summary>Words and exit codes of the kinds.</summary>
internal static class FailureKinds
{
    /// <summary>The word in <c>{"error":{"code":...}}</c>.</summary>
    public static string ToWord(this FailureKind kind) => kind switch
    {
        FailureKind.Usage => "usage",
        FailureKind.NoDaemon => "no_daemon",
        FailureKind.Timeout => "timeout",
        FailureKind.NotFound => "not_found",
        FailureKind.PermissionDenied => "permission_denied",
        FailureKind.WrongState => "wrong_state",
        FailureKind.Invalid => "invalid",
        FailureKind.Conflict => "conflict",
        FailureKind.Limit => "limit",
        FailureKind.Files => "files",
        FailureKind.Daemon => "daemon",
        FailureKind.Internal => "internal",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a failure"),
    };

    public static int ToExitCode(this FailureKind kind) => kind switch
    {
        FailureKind.Usage => ExitCodes.Usage,
        FailureKind.NoDaemon => ExitCodes.NoDaemon,
        _ => ExitCodes.Failed,
    };
}

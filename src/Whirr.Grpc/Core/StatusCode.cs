namespace Grpc.Core;

/// <summary>
/// How a call ended. Numbers are those of the wire:
/// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
/// </summary>
public enum StatusCode
{
    OK = 0,

    /// <summary>Cancelled, usually by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error without a better code, such as an exception in a handler.</summary>
    Unknown = 2,

    /// <summary>The request cannot be right, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first. The call may have had its effect all the same.</summary>
    DeadlineExceeded = 4,

    NotFound = 5,

    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or a limit, such as the size of a message.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is in the wrong state for this; sending it again does not help until that state changed.</summary>
    FailedPrecondition = 9,

    /// <summary>Lost against a concurrent change; the caller may start over at a higher level.</summary>
    Aborted = 10,

    /// <summary>Past the valid range, such as reading past the end.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this method, or does not support what was asked of it.</summary>
    Unimplemented = 12,

    /// <summary>A broken invariant: one of the two sides violated the protocol.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now; the same call may be sent again.</summary>
    Unavailable = 14,

    /// <summary>Lost or corrupted data that cannot be recovered.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}

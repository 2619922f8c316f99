using Grpc.Core;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Failures;

/// <summary>What the status codes of the daemon mean to a person. The only place that reads them.</summary>
internal static class RpcFailures
{
    public static CommandFailure ToFailure(RpcException exception) => exception.StatusCode switch
    {
        StatusCode.NotFound => Said(exception, FailureKind.NotFound, "there is no such job"),
        StatusCode.PermissionDenied or StatusCode.Unauthenticated =>
            Said(exception, FailureKind.PermissionDenied, "this is not your job: only its owner and root may do that"),
        StatusCode.FailedPrecondition => Said(exception, FailureKind.WrongState, "the job is in the wrong state for this"),
        StatusCode.InvalidArgument or StatusCode.OutOfRange =>
            Said(exception, FailureKind.Invalid, "the daemon does not accept this request"),
        StatusCode.AlreadyExists => Said(exception, FailureKind.Conflict, "the id is taken by another job"),
        StatusCode.ResourceExhausted => Said(exception, FailureKind.Limit, "the request is over a limit of the daemon"),
        StatusCode.DeadlineExceeded => new(
            FailureKind.Timeout,
            "the daemon did not answer in time. It may be overloaded or stuck: see `journalctl -u whirrd`.",
            exception),
        StatusCode.Unimplemented => new(
            FailureKind.Daemon,
            "the daemon does not know this call; it is of another version (compare with `whirrctl version`).",
            exception),
        _ => new(
            FailureKind.Daemon,
            $"the daemon failed ({Detail(exception, exception.StatusCode.ToString())}); see `journalctl -u whirrd`.",
            exception),
    };

    private static CommandFailure Said(RpcException exception, FailureKind kind, string otherwise) =>
        new(kind, Detail(exception, otherwise), exception);

    /// <summary>What the daemon said, safe to print; <paramref name="otherwise"/> when it said nothing.</summary>
    public static string Detail(RpcException exception, string otherwise) =>
        string.IsNullOrWhiteSpace(exception.Status.Detail) ? otherwise : SafeText.Escape(exception.Status.Detail);
}

using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Server;

/// <summary>The only place that turns what can go wrong into status codes.</summary>
internal static class Faults
{
    public static RpcException NotFound(long jobId) => new(new Status(StatusCode.NotFound, $"there is no job {jobId}"));

    /// <summary>No run, and what could not be looked at, where it may be.</summary>
    public static RpcException NoRun(string sentence, IReadOnlyList<string> problems) =>
        new(new Status(StatusCode.NotFound, problems.Count == 0 ? sentence : $"{sentence}; but {problems[0]}"));

    public static RpcException NotYours(Job job, string what) =>
        new(new Status(StatusCode.PermissionDenied, $"job {job.Id} belongs to {job.Owner.Name}: only they and root may {what}"));

    public static RpcException Forbidden(string sentence) => new(new Status(StatusCode.PermissionDenied, sentence));

    public static RpcException Invalid(string sentence) => new(new Status(StatusCode.InvalidArgument, sentence));

    public static RpcException WrongState(string sentence) => new(new Status(StatusCode.FailedPrecondition, sentence));

    public static RpcException TooMany(string sentence) => new(new Status(StatusCode.ResourceExhausted, sentence));

    public static RpcException From(StoreException e) => e.Fault switch
    {
        StoreFault.Full => new(new Status(StatusCode.ResourceExhausted, e.Message)),
        StoreFault.Conflict => new(new Status(StatusCode.AlreadyExists, $"{e.Message}; nothing was submitted")),
        StoreFault.Rejected => new(new Status(StatusCode.InvalidArgument, e.Message)),
        _ => new(new Status(StatusCode.Internal, $"the daemon's database cannot be used now, nothing was changed: {e.Message}")),
    };
}

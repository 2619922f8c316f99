namespace Grpc.Core;

/// <summary>
/// A call that did not end with OK. On the client it is thrown; a handler on the server throws it to choose the status and the trailers.
/// The local error behind it, such as a refused connection, is the inner exception.
/// </summary>
public class RpcException : Exception
{
    public RpcException(Status status)
        : this(status, Metadata.Empty)
    {
    }

    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    public Status Status { get; }

    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What the server sent with the status. Empty when the call failed on this side.</summary>
    public Metadata Trailers { get; }
}

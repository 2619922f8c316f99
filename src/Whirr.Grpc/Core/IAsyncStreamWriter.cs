namespace Grpc.Core;

/// <summary>Takes the messages of a stream, one at a time: the next only after the task of the one before.</summary>
public interface IAsyncStreamWriter<in T>
{
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message. Completes when the transport took it, which is how a slow reader slows the writer.</summary>
    Task WriteAsync(T message);

    /// <summary>The same, given up when the token is cancelled.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }
}

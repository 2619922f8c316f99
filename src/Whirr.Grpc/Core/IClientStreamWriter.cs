namespace Grpc.Core;

/// <summary>The request stream of a client.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more messages come. Sends what a <see cref="WriteFlags.BufferHint"/> left in the buffer.</summary>
    Task CompleteAsync();
}

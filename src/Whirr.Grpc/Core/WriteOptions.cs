namespace Grpc.Core;

/// <summary>How the messages of a stream are written.</summary>
public class WriteOptions(WriteFlags flags = 0)
{
    /// <summary>Each message is sent at once.</summary>
    public static readonly WriteOptions Default = new();

    public WriteFlags Flags { get; } = flags;
}

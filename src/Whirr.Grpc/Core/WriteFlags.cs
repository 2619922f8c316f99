namespace Grpc.Core;

/// <summary>How one message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Sent at once.</summary>
    None = 0,

    /// <summary>May wait in a buffer for the next message. The end of the stream sends what is left.</summary>
    BufferHint = 0x1,

    /// <summary>Never compressed. Nothing is compressed here, so it changes nothing.</summary>
    NoCompress = 0x2,
}

namespace Grpc.Net.Client;

/// <summary>How a channel reaches its server and what it accepts from it.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// The handler under the channel. Null: a <see cref="SocketsHttpHandler"/> of its own. Give one with a
    /// <see cref="SocketsHttpHandler.ConnectCallback"/> to reach a Unix socket.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>True: the channel disposes the given handler.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>The longest message to accept, in bytes; null: 2 GiB. A longer one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = Wire.MessageRules.DefaultMaxSize;

    /// <summary>The longest message to send, in bytes; null: 2 GiB. A longer one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The clock that deadlines are measured with.</summary>
    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}

using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>What the services of this server accept and tell.</summary>
public class GrpcServiceOptions
{
    /// <summary>The longest message to accept, in bytes; null: 2 GiB. A longer one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = MessageRules.DefaultMaxSize;

    /// <summary>The longest message to send, in bytes; null: 2 GiB. A longer one ends the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>True: the client is told the message of an exception that a handler did not mean for it. For development only.</summary>
    public bool? EnableDetailedErrors { get; set; }
}

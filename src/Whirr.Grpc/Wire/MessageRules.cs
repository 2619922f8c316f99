using Grpc.Core;

namespace Grpc.Wire;

/// <summary>What one side accepts as an incoming message.</summary>
/// <param name="MaxSize">The longest message in bytes; null: 2 GiB.</param>
/// <param name="Encoding">The <c>grpc-encoding</c> that the peer announced; null: none.</param>
/// <param name="UnsupportedEncoding">
/// The status for a message compressed with an encoding that is not spoken here: UNIMPLEMENTED on a server, INTERNAL on a client
/// (https://github.com/grpc/grpc/blob/master/doc/compression.md).
/// </param>
internal sealed record MessageRules(int? MaxSize, string? Encoding, StatusCode UnsupportedEncoding)
{
    /// <summary>The limit unless another one is set: 4 MiB, as in every implementation of gRPC.</summary>
    public const int DefaultMaxSize = 4 * 1024 * 1024;

    /// <exception cref="RpcException">The message is not accepted.</exception>
    public void Check(byte compressedFlag, uint length)
    {
        if (compressedFlag == 1)
        {
            throw Encoding is null or HeaderNames.Identity
                ? Error(StatusCode.Internal, "A message is marked as compressed, but no grpc-encoding says how.")
                : Error(UnsupportedEncoding, $"Messages compressed with '{Encoding}' are not supported.");
        }

        if (compressedFlag != 0)
        {
            throw Error(StatusCode.Internal, $"A message starts with the byte {compressedFlag}; only 0 and 1 are defined.");
        }

        if (length > (uint)(MaxSize ?? int.MaxValue))
        {
            throw Error(StatusCode.ResourceExhausted, $"A message of {length} bytes is larger than the limit of {MaxSize ?? int.MaxValue} bytes.");
        }
    }

    private static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));
}

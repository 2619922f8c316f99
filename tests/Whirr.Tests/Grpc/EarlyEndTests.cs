using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Whirr.Tests.Grpc.Interop;
using Whirr.Tests.Storage;

namespace Whirr.Tests.Grpc;

/// <summary>A server may end a call while the client still sends.</summary>
public sealed class EarlyEndTests : IDisposable
{
    private const int HeaderBytes = 9;
    private const int Preface = 24;
    private const int InitialWindow = 65_535;

    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public EarlyEndTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_directory.File("socket")));
        _listener.Listen();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("8", StatusCode.ResourceExhausted, false)]
    [InlineData("0", StatusCode.Internal, false)]
    [InlineData("8", StatusCode.ResourceExhausted, true)]
    [InlineData("0", StatusCode.Internal, true)]
    public async Task A_write_that_waits_for_the_server_ends_with_the_call(string status, StatusCode expected, bool isConnectionFull)
    {
        using var channel = InteropHost.ConnectTo(_directory.File("socket"));
        using var call = new Interop.Interop.InteropClient(channel).Collect();
        var serving = EndWhenFullAsync(status, isConnectionFull);
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[4 * InitialWindow]) };

        // Without a reset the stream is still open for requests, as far as the transport knows.
        var error = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(request));

        Assert.Equal(expected, error.StatusCode);
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        (await serving).Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    /// <summary>Takes what the client may send without being allowed more, then ends the response and says nothing of the request.</summary>
    private async Task<Socket> EndWhenFullAsync(string status, bool isConnectionFull)
    {
        var client = await _listener.AcceptAsync();
        await ReadExactlyAsync(client, Preface);

        // SETTINGS_INITIAL_WINDOW_SIZE is about streams; the connection keeps its window (RFC 9113, 6.9.2).
        await client.SendAsync(RawHttp2.Frame(type: 0x4, flags: 0, stream: 0, isConnectionFull ? [0, 4, 0, 16, 0, 0] : []));
        for (var (got, stream) = (0, 0); got < InitialWindow;)
        {
            var header = await ReadExactlyAsync(client, HeaderBytes);
            var payload = await ReadExactlyAsync(client, header[0] << 16 | header[1] << 8 | header[2]);
            stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
            got += header[3] == 0x0 ? payload.Length : 0;
            if (got >= InitialWindow)
            {
                await client.SendAsync(RawHttp2.Frame(type: 0x1, flags: 0x4 | 0x1, stream, RawHttp2.Fields(
                    [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", status), ("grpc-message", "enough")])));
            }
        }

        return client;
    }

    private static async Task<byte[]> ReadExactlyAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(got));
            got += read > 0 ? read : throw new EndOfStreamException("The client closed the connection.");
        }

        return bytes;
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Whirr.Tests.Grpc;

/// <summary>
/// A client that writes HTTP/2 frames by hand (RFC 9113), to send what no proper client sends. Header fields go as literals without
/// indexing and without Huffman coding (RFC 7541, 6.2.2).
/// </summary>
internal sealed class RawHttp2 : IDisposable
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public static async Task<RawHttp2> ConnectAsync(string socketPath)
    {
        var client = new RawHttp2();

        // Not ConnectAsync: on a Unix socket with a full backlog that fails (EAGAIN) where the blocking call waits.
        await Task.Run(() => client._socket.Connect(new UnixDomainSocketEndPoint(socketPath)));
        return client;
    }

    public async Task SendAsync(params byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent));
        }
    }

    /// <summary>The preface and empty settings: from here on it is HTTP/2.</summary>
    public Task GreetAsync() => SendAsync([.. Preface, .. Frame(type: 0x4, flags: 0, stream: 0)]);

    public Task StartCallAsync(int stream, string path, params (string Name, string Value)[] more) =>
        SendAsync(Frame(type: 0x1, flags: 0x4, stream, Fields(
            [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", path), ("content-type", "application/grpc"), .. more])));

    public Task SendDataAsync(int stream, bool isLast, params byte[] data) =>
        SendAsync(Frame(type: 0x0, flags: isLast ? (byte)0x1 : (byte)0, stream, data));

    /// <summary>
    /// What the server says about that stream until it ends it: for header fields the bytes as text, since the server may index names that
    /// it finds in the static table but writes our values in the clear.
    /// </summary>
    public async Task<string> ReadToEndOfStreamAsync(int stream)
    {
        var said = new StringBuilder();
        while (true)
        {
            var header = await ReadExactlyAsync(9);
            var payload = await ReadExactlyAsync(header[0] << 16 | header[1] << 8 | header[2]);
            if (BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) != stream)
            {
                continue;
            }

            said.Append(Encoding.Latin1.GetString(payload));
            var isReset = header[3] == 0x3;
            var isEnd = header[3] is 0x0 or 0x1 && (header[4] & 0x1) != 0;
            if (isReset || isEnd)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Waits until the server closes the connection; drops what it says before.</summary>
    public async Task ReadToCloseAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (await _socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The server may close before it has read all that was sent, which the kernel reports as a reset.
            return;
        }
    }

    public void Dispose() => _socket.Dispose();

    public static byte[] Frame(byte type, byte flags, int stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    public static byte[] Fields(IEnumerable<(string Name, string Value)> fields) =>
        [.. fields.SelectMany(field => (byte[])[0, .. Text(field.Name), .. Text(field.Value)])];

    private static byte[] Text(string text) =>
        text.Length < 127 ? [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)] : throw new ArgumentException("Too long for this encoder.", nameof(text));

    private async Task<byte[]> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(got));
            got += read > 0 ? read : throw new EndOfStreamException("The server closed the connection.");
        }

        return bytes;
    }
}

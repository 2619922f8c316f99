using System.Net.Sockets;
using System.Text;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Whatever arrives on the socket hurts the connection it came on and nothing else.</summary>
public sealed class HostileSocketTests
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    [Fact(Timeout = 60_000)]
    public async Task A_thousand_idle_connections_and_a_hundred_noisy_ones_leave_others_served()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var random = new Random(7);
        var connections = new List<Socket>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                connections.Add(await ConnectAsync(daemon));
            }

            for (var i = 0; i < 100; i++)
            {
                var noise = new byte[random.Next(1, 4096)];
                random.NextBytes(noise);
                var connection = await ConnectAsync(daemon);
                connections.Add(connection);
                connection.Send(Bytes(i % 4, noise));
            }

            Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }

        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    private static byte[] Bytes(int kind, byte[] noise) => kind switch
    {
        0 => noise,
        1 => [.. Preface, .. noise],

        // A frame that announces more than it brings.
        2 => [.. Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 64, 0, 1, 4, 0, 0, 0, 1, noise[0]],
        _ => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: whirr\r\n\r\n"),
    };

    private static async Task<Socket> ConnectAsync(PrivateDaemon daemon)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (true)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket));
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // The queue of connections to accept is full for the moment (unix(7): EAGAIN).
                await Task.Yield();
            }
        }
    }
}

using System.Net.Sockets;

namespace Whirr.Cli.Connection;

/// <summary>Opens the Unix socket for the HTTP handler, and remembers why that failed.</summary>
internal sealed class SocketConnector(string path)
{
    /// <summary>Why the last try to connect failed, in words; null when it did not.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>HTTP/2 without any of what a browser needs.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = ConnectAsync,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
    };

    // Connecting to a Unix socket succeeds or fails at once, so it is done in place.
    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            LastFailure = null;
            return ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
        }
        catch (Exception exception)
        {
            socket.Dispose();
            LastFailure = Describe(exception);
            throw;
        }
    }

    private string Describe(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused (a daemon was here and is gone)",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied",
        _ when !File.Exists(path) => "no such file",
        _ => "cannot connect; it may not be a socket",
    };
}

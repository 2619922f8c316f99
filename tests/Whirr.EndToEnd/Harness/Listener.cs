using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Whirr.EndToEnd.Harness;

/// <summary>A web server that takes what is posted to it.</summary>
internal sealed class Listener : IDisposable
{
    private readonly HttpListener _http = new();
    private readonly ConcurrentQueue<JsonElement> _posted = new();

    public Listener(int port)
    {
        _http.Prefixes.Add($"http://127.0.0.1:{port}/");
        _http.Start();
        _ = TakeAsync();
    }

    public IReadOnlyList<JsonElement> Posted => [.. _posted];

    /// <summary>A port that nobody listens on.</summary>
    public static int FindPort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    public void Dispose() => ((IDisposable)_http).Dispose();

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _http.GetContextAsync();
                using var document = await JsonDocument.ParseAsync(context.Request.InputStream);
                _posted.Enqueue(document.RootElement.Clone());
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}

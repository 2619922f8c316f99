namespace Whirr.Tests.Grpc;

/// <summary>Our server and one foreign client for all its scenarios, because Python takes long to start.</summary>
public sealed class PythonClientFixture : IAsyncLifetime
{
    private readonly Lazy<PythonPeer> _client;
    private InteropHost _host = null!;

    public PythonClientFixture() => _client = new(() => new PythonPeer("interop_client.py", Host.SocketPath));

    public InteropHost Host => _host;

    internal PythonPeer Client => _client.Value;

    public async Task InitializeAsync() => _host = await InteropHost.StartAsync();

    public async Task DisposeAsync()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }

        await _host.DisposeAsync();
    }
}

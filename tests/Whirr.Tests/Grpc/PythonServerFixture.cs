using Grpc.Core;
using Grpc.Net.Client;

namespace Whirr.Tests.Grpc;

/// <summary>One foreign server for all tests of our client, because Python takes long to start.</summary>
public sealed class PythonServerFixture : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("whirr-grpc-").FullName;
    private PythonPeer? _server;
    private GrpcChannel? _channel;

    internal PythonPeer Server => _server!;

    /// <summary>Starts the server for the first test that is not skipped.</summary>
    public async Task<Interop.Interop.InteropClient> ClientAsync()
    {
        var socketPath = Path.Combine(_directory, "python.sock");
        if (_server is null)
        {
            _server = new PythonPeer("interop_server.py", socketPath);
            Assert.Equal("ready", await _server.ReadLineAsync());
            _channel = InteropHost.ConnectTo(socketPath);
        }

        return new(_channel);
    }

    public async Task CallUnknownMethodAsync()
    {
        var method = new Method<string, string>(
            MethodType.Unary, "whirr.interop.v1.Interop", "Nothing", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        using var call = _channel!.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), "");
        await call;
    }

    public void Dispose()
    {
        _channel?.Dispose();
        _server?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

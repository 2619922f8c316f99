using System.Diagnostics;
using System.Text.Json;
using Whirr.Tests.Grpc.Interop;

namespace Whirr.Tests.Grpc;

/// <summary>One of the programs in tests/python/grpc, spoken to a line at a time.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly string _descriptor = Path.GetTempFileName();
    private readonly Process _process;

    public PythonPeer(string program, string socketPath)
    {
        File.WriteAllBytes(_descriptor, InteropReflection.Descriptor.SerializedData.ToByteArray());
        var script = Path.Combine(AppContext.BaseDirectory, "python", "grpc", program);
        _process = Process.Start(new ProcessStartInfo(PythonGrpcFactAttribute.Python, ["-B", script, socketPath, _descriptor])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new EndOfStreamException("The Python program ended early.");

    /// <summary>Runs a scenario of the client and brings what it saw.</summary>
    public async Task<JsonElement> RunAsync(string scenario)
    {
        await _process.StandardInput.WriteLineAsync(scenario);
        await _process.StandardInput.FlushAsync();
        return JsonDocument.Parse(await ReadLineAsync()).RootElement;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_descriptor);
    }
}

using System.Diagnostics;

namespace Whirr.Tests.Storage;

/// <summary>A process that has a store open; killed with SIGKILL when disposed, if it is still there.</summary>
internal sealed class StoreProcess : IDisposable
{
    private readonly Process _process;

    public StoreProcess(string mode, string database)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "whirr-store-program.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, mode, database])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

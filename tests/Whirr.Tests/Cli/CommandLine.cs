using System.Text;
using Whirr.Cli;
using Whirr.Cli.Output;

namespace Whirr.Tests.Cli;

/// <summary>Runs whirrctl within the test, in surroundings of the test's making.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private readonly CancellationTokenSource _interrupt = new();

    public string Socket { get; init; } = "/no/such/socket";

    public string Directory { get; init; } = "/tmp";

    public string Input { get; init; } = "";

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    /// <summary>Types Ctrl+C.</summary>
    public Task InterruptAsync() => _interrupt.CancelAsync();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _interrupt.Dispose();
    }

    public Task<int> RunAsync(params string[] words) => Whirrctl.RunAsync(words, new Surroundings
    {
        Out = new TextOutput(_output, colours: false),
        Error = new TextOutput(_error, colours: false),
        OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
        Clock = Clock,
        Variable = name => name == "WHIRR_SOCKET" ? Socket : null,
        CurrentDirectory = () => Directory,
        WatchForInterrupt = () => _interrupt.Token,
    });
}

using System.Text;
using Whirr.Cli;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;

namespace Whirr.Tests.Cli;

/// <summary>Runs whirrctl within the test, in surroundings of the test's making.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly SignallingStream _error = new();
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TaskCompletionSource _keysRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<char>? _typed;

    public string Socket { get; init; } = "/no/such/socket";

    public string Directory { get; init; } = "/tmp";

    public string Input { get; init; } = "";

    /// <summary>True: somebody at a terminal can be asked.</summary>
    public bool CanAsk { get; init; }

    /// <summary>The environment, beside the socket.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    /// <summary>Writes to standard error that were made.</summary>
    public SemaphoreSlim ErrorWrites => _error.Writes;

    /// <summary>Standard output of a test's own, e.g. one that fails.</summary>
    public Stream? OutputStream { get; init; }

    /// <summary>Width of the terminal that both outputs are; null: they are none.</summary>
    public int? Columns { get; init; }

    /// <summary>Lines of that terminal.</summary>
    public int? Rows { get; init; }

    /// <summary>Answers for programs of the machine; none is there.</summary>
    public Func<string, IReadOnlyList<string>, ProgramAnswer?> Ask { get; init; } = (_, _) => null;

    /// <summary>What is known of the machine.</summary>
    public MachineFacts Machine { get; init; } = new();

    /// <summary>Done when keys are read.</summary>
    public Task KeysRead => _keysRead.Task;

    /// <summary>Types a key.</summary>
    public void Type(char key) => _typed!(key);

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
        Out = new TextOutput(OutputStream ?? _output, colours: false, () => Columns),
        Error = new TextOutput(_error, colours: false, () => Columns),
        OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
        CanAsk = () => CanAsk,
        Clock = Clock,
        Variable = name => name == "WHIRR_SOCKET" ? Socket : Variables.GetValueOrDefault(name),
        CurrentDirectory = () => Directory,
        WatchForInterrupt = () => _interrupt.Token,
        ReadKeys = typed =>
        {
            _typed = typed;
            _keysRead.TrySetResult();
            return null;
        },
        Rows = () => Rows,
        Ask = Ask,
        Machine = Machine,
    });

    private sealed class SignallingStream : MemoryStream
    {
        public SemaphoreSlim Writes { get; } = new(0);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            Writes.Release();
        }

        protected override void Dispose(bool disposing)
        {
            Writes.Dispose();
            base.Dispose(disposing);
        }
    }
}

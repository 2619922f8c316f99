using System.Runtime.InteropServices;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;

namespace Whirr.Cli;

/// <summary>Everything outside itself that a verb reads or writes, so that a test can stand in for a terminal and a shell.</summary>
internal sealed class Surroundings
{
    public required TextOutput Out { get; init; }
    public required TextOutput Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>True when somebody at a terminal can be asked.</summary>
    public required Func<bool> CanAsk { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Value of an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Absolute path of the current directory; a failure when there is none that can be named.</summary>
    public required Func<string> CurrentDirectory { get; init; }

    /// <summary>From this call on Ctrl+C (SIGINT) does not end the program but cancels the token.</summary>
    public required Func<CancellationToken> WatchForInterrupt { get; init; }

    /// <summary>Starts to read keys from the terminal as they are typed, and gives what ends that; null when there is no terminal.</summary>
    public Func<Action<char>, IDisposable?> ReadKeys { get; init; } = _ => null;

    /// <summary>How many lines the terminal of standard output has; 0: it does not say, null: there is none.</summary>
    public Func<int?> Rows { get; init; } = () => null;

    /// <summary>Runs a program of the machine and gives what it says; null when there is none of that name, or it cannot be started.</summary>
    public Func<string, IReadOnlyList<string>, ProgramAnswer?> Ask { get; init; } = (_, _) => null;

    /// <summary>The machine, as far as <c>doctor</c> looks at it beyond files.</summary>
    public MachineFacts Machine { get; init; } = new();

    /// <summary>The absolute form of a path that was typed. An absolute one works in a directory that was removed, too.</summary>
    /// <exception cref="Failures.CommandFailure">It is relative, and the current directory cannot be named.</exception>
    public string Resolve(string path) => Path.GetFullPath(path, Path.IsPathRooted(path) ? "/" : CurrentDirectory());

    /// <summary>The real ones.</summary>
    public static Surroundings OfThisProcess()
    {
        var plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return new Surroundings
        {
            Out = new TextOutput(new DescriptorStream(1), colours: !plain && !Console.IsOutputRedirected, () => Terminal.Columns(1)),
            Error = new TextOutput(new DescriptorStream(2), colours: false, () => Terminal.Columns(2)),
            OpenInput = Console.OpenStandardInput,
            CanAsk = () => Terminal.Columns(0) is not null && Terminal.Columns(2) is not null,
            Clock = TimeProvider.System,
            Variable = Environment.GetEnvironmentVariable,
            CurrentDirectory = Cli.Machine.CurrentDirectory.Get,
            WatchForInterrupt = InterruptToken,
            ReadKeys = KeyReader.Start,
            Rows = () => Terminal.Rows(1),
            Ask = ProgramRun.Ask,
            Machine = MachineFacts.OfThisMachine(),
        };
    }

    private static CancellationToken InterruptToken()
    {
        var source = new CancellationTokenSource();
        PosixSignalRegistration? registration = null;
        registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            // A second Ctrl+C finds the default action: it ends the program even when the first one got stuck.
            context.Cancel = true;
            registration?.Dispose();
            source.Cancel();
        });
        return source.Token;
    }
}

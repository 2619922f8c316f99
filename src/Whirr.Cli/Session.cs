using System.CommandLine;
using Whirr.Cli.Connection;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;

namespace Whirr.Cli;

/// <summary>One run of one verb: its options, its surroundings and its line to the daemon.</summary>
internal sealed class Session(Surroundings surroundings, ParseResult options) : IDisposable
{
    private DaemonConnection? _daemon;

    public Surroundings Surroundings { get; } = surroundings;
    public ParseResult Options { get; } = options;
    public TextOutput Out => Surroundings.Out;
    public TextOutput Error => Surroundings.Error;

    /// <summary>True: JSON on standard output and nothing else there.</summary>
    public bool Json { get; } = options.GetValue<bool>(CommonOptions.Json);

    public DateTimeOffset Now => Surroundings.Clock.GetUtcNow();

    /// <summary>Connected on first use.</summary>
    public DaemonConnection Daemon => _daemon ??= new DaemonConnection(ChooseSocket(), Surroundings.Clock, Json ? null : Error)
    {
        Patient = Patient,
    };

    /// <summary>False: do not wait for a daemon that restarts. Set it before the first use of <see cref="Daemon"/>.</summary>
    public bool Patient { get; set; } = true;

    public SocketChoice ChooseSocket() => SocketChoice.Choose(
        Options.GetValue<string>(CommonOptions.Socket),
        Surroundings.Variable,
        File.Exists,
        Surroundings.CurrentDirectory);

    /// <summary>A line for the person at the terminal that is no result; nothing in JSON.</summary>
    public void Note(string line)
    {
        if (!Json)
        {
            Error.WriteLine(line);
        }
    }

    public void Dispose() => _daemon?.Dispose();
}

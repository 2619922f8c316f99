using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl version</c>: this program and the daemon.</summary>
internal static class VersionCommand
{
    /// <summary>Version of this program, e.g. <c>0.1.0</c>.</summary>
    public static string Client { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static Verb Create(Surroundings surroundings) =>
        new Verb("version", "Show the versions of whirrctl and of the daemon")
        {
            Usage = "[options]",
            Examples = ["whirrctl version"],
            Notes = "Works without a daemon too.",
        }.Does(surroundings, RunAsync);

    /// <summary><c>whirrctl --version</c>: only this program.</summary>
    public static Option CreateOption(Surroundings surroundings) =>
        new Option<bool>("--version") { Description = "Show the version of whirrctl", Action = new Show(surroundings.Out) };

    private static async Task<int> RunAsync(Session session)
    {
        session.Patient = false;
        InfoReply? info = null;
        try
        {
            info = await session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest(), call));
        }
        catch (CommandFailure failure) when (failure.Kind == FailureKind.NoDaemon)
        {
            session.Note($"whirrctl: {failure.Message}");
        }

        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("client", Client);
                JobDocument.Text(json, "daemon", info?.Version ?? "");
                json.WriteEndObject();
            });
            return ExitCodes.Ok;
        }

        session.Out.WriteLine($"whirrctl {Client}");
        if (info is not null)
        {
            session.Out.WriteLine(SafeText.Escape($"whirrd {info.Version} ({info.Mode} mode, {session.Daemon.Socket})"));
        }

        return ExitCodes.Ok;
    }

    private sealed class Show(TextOutput output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"whirrctl {Client}");
            return ExitCodes.Ok;
        }
    }
}

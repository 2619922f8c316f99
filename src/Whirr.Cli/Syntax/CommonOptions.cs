using System.CommandLine;

namespace Whirr.Cli.Syntax;

/// <summary>Options that each verb has.</summary>
internal static class CommonOptions
{
    public const string Socket = "--socket";
    public const string Json = "--json";

    public static IReadOnlyList<Option> Create() =>
    [
        new Option<string>(Socket)
        {
            Description = "Socket of the daemon (default: $WHIRR_SOCKET, else your own daemon's, else /run/whirr/whirr.sock)",
            HelpName = "PATH",
            Recursive = true,
        },
        new Option<bool>(Json) { Description = "Write JSON to standard output, and nothing else", Recursive = true },
    ];
}

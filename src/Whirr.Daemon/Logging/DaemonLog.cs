using Serilog;
using Serilog.Core;
using Whirr.Linux.Systemd;

namespace Whirr.Daemon.Logging;

/// <summary>Where the daemon's own log goes: the journal when it runs under systemd, else standard error.</summary>
internal static class DaemonLog
{
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static Logger Create(LoggingLevelSwitch level, Func<string, string?> variable)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning);
        var journal = JournalSocket.IsStandardError(variable("JOURNAL_STREAM")) ? JournalSocket.TryConnect() : null;
        return journal is null
            ? configuration.WriteTo.Console(outputTemplate: Line, standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose).CreateLogger()
            : configuration.WriteTo.Sink(new JournalSink(journal)).CreateLogger();
    }
}

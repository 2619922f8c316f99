using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Whirr.Linux.Systemd;

namespace Whirr.Daemon.Logging;

/// <summary>Sends log events to the systemd journal with their properties as fields: <c>journalctl WHIRR_JOB_ID=42</c>.</summary>
internal sealed class JournalSink(JournalSocket journal) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        var message = logEvent.RenderMessage(CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> fields =
        [
            new("MESSAGE", logEvent.Exception is { } exception ? $"{message}: {exception.Message}" : message),
            new("PRIORITY", Priority(logEvent.Level)),
            new("SYSLOG_IDENTIFIER", "whirrd"),
        ];
        if (logEvent.Exception is not null)
        {
            fields.Add(new("WHIRR_EXCEPTION", logEvent.Exception.ToString()));
        }

        foreach (var (name, value) in logEvent.Properties)
        {
            if (FieldName(name) is { } field)
            {
                fields.Add(new(field, value is ScalarValue { Value: string text } ? text : value.ToString()));
            }
        }

        try
        {
            journal.Send(fields);
        }
        catch (SocketException e)
        {
            // The journal is being restarted: standard error is what is left.
            Console.Error.WriteLine($"whirrd: {message} (the journal does not take it: {e.SocketErrorCode})");
        }
    }

    /// <summary>syslog(3) levels.</summary>
    private static string Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "2",
        LogEventLevel.Error => "3",
        LogEventLevel.Warning => "4",
        LogEventLevel.Information => "6",
        _ => "7",
    };

    /// <summary>WhirrJobId becomes WHIRR_JOB_ID, anything else gets the prefix; null for names the journal cannot have.</summary>
    internal static string? FieldName(string property)
    {
        var name = new StringBuilder();
        foreach (var c in property)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return null;
            }

            if (char.IsAsciiLetterUpper(c) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(c));
        }

        var field = name.ToString();
        return field.StartsWith("WHIRR_", StringComparison.Ordinal) ? field : "WHIRR_" + field;
    }
}

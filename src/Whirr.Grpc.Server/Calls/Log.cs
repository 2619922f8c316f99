using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Method}: the handler failed; the client gets UNKNOWN without the reason")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string method);
}

using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>What an error of the transport means for a call.</summary>
internal static class TransportFailure
{
    /// <summary>
    /// A stream that the server reset has the code of RST_STREAM translated; everything else, such as a refused or a lost connection, is
    /// UNAVAILABLE. The error itself is kept in <see cref="Status.DebugException"/>.
    /// </summary>
    public static Status StatusOf(Exception error)
    {
        var cause = error;
        for (var e = error; e is not null; e = e.InnerException)
        {
            cause = e;
            if (e is HttpProtocolException reset)
            {
                return new Status(CodeOf(reset.ErrorCode), $"The server reset the call (HTTP/2 error {reset.ErrorCode}).", error);
            }
        }

        return error switch
        {
            HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException =>
                new Status(StatusCode.Unavailable, $"The server cannot be reached: {cause.Message}", error),
            _ => new Status(StatusCode.Internal, $"The call failed: {cause.Message}", error),
        };
    }

    /// <summary>The table "Errors" of https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md over the codes of RFC 9113.</summary>
    private static StatusCode CodeOf(long http2Error) => http2Error switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: the server did not look at the request.
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        0x5 => StatusCode.Unknown, // STREAM_CLOSED has no stream that it could speak of, so the table leaves it out.
        _ => StatusCode.Internal,
    };
}

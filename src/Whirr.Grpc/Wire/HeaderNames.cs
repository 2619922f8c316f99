namespace Grpc.Wire;

/// <summary>Names and fixed values of https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md</summary>
internal static class HeaderNames
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>The one encoding spoken here: none.</summary>
    public const string Identity = "identity";

    public const string ContentType = "application/grpc";

    /// <summary>True for <c>application/grpc</c>, alone or followed by a format (<c>+proto</c>) or parameters (<c>;charset=...</c>).</summary>
    public static bool IsGrpcContentType(ReadOnlySpan<char> contentType) =>
        contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>True for headers of the protocol itself, which metadata does not show.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(':')
        || name.Equals(Status, StringComparison.OrdinalIgnoreCase)
        || name.Equals(Message, StringComparison.OrdinalIgnoreCase)
        || name.Equals(Timeout, StringComparison.OrdinalIgnoreCase)
        || name.Equals(Encoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals(AcceptEncoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("te", StringComparison.OrdinalIgnoreCase);
}

using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>What the headers of a response say about the call.</summary>
/// <param name="Status">How the call ended, if the headers say so already; null: messages and trailers follow.</param>
/// <param name="Metadata">The headers that are not the protocol's own.</param>
/// <param name="Encoding">The <c>grpc-encoding</c> of the messages, if one was announced.</param>
internal sealed record ResponseHead(Status? Status, Metadata Metadata, string? Encoding)
{
    public static ResponseHead Parse(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        return new ResponseHead(EarlyStatus(response, headers), MetadataOf(headers), ValueOf(headers, HeaderNames.Encoding));
    }

    /// <summary>The status and the metadata behind the last message. Call it after the end of the body.</summary>
    public static (Status Status, Metadata Trailers) ParseTrailers(HttpResponseMessage response)
    {
        var trailers = response.TrailingHeaders.NonValidated;
        var status = StatusIn(trailers) ?? new Status(StatusCode.Unknown, "The server ended the call without a grpc-status.");
        return (status, MetadataOf(trailers));
    }

    /// <summary>
    /// A grpc-status among the headers ends the call (a "trailers-only" response). Without one, an answer that is no gRPC came from
    /// something before the server; its HTTP status is translated.
    /// </summary>
    private static Status? EarlyStatus(HttpResponseMessage response, HttpHeadersNonValidated headers)
    {
        if (StatusIn(headers) is { } status)
        {
            return status;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Status(CodeOf(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}.");
        }

        var contentType = ValueOf(response.Content.Headers.NonValidated, "content-type") ?? "";
        return HeaderNames.IsGrpcContentType(contentType)
            ? null
            : new Status(StatusCode.Unknown, $"The server answered with content-type '{contentType}', which is not gRPC.");
    }

    /// <summary>https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md</summary>
    private static StatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static Status? StatusIn(HttpHeadersNonValidated fields) =>
        ValueOf(fields, HeaderNames.Status) is { } code
            ? new Status(MetadataCoding.DecodeStatusCode(code), PercentCoding.Decode(ValueOf(fields, HeaderNames.Message) ?? ""))
            : null;

    private static string? ValueOf(HttpHeadersNonValidated fields, string name) =>
        fields.TryGetValues(name, out var values) ? values.ToString() : null;

    private static Metadata MetadataOf(HttpHeadersNonValidated fields)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in fields)
        {
            foreach (var value in values)
            {
                MetadataCoding.AddReceived(metadata, name, value);
            }
        }

        return metadata;
    }
}

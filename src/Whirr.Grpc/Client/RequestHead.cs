using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The request line and the headers of a call.</summary>
internal static class RequestHead
{
    private const string UserAgent = "grpc-csharp-whirr";

    private static readonly MediaTypeHeaderValue GrpcContent = new(HeaderNames.ContentType);

    public static HttpRequestMessage Create(
        Uri server, IMethod method, string? host, Metadata? metadata, TimeSpan? timeout, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = GrpcContent;
        var headers = request.Headers;
        headers.Host = host;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, HeaderNames.Identity);
        if (timeout is { } time)
        {
            headers.TryAddWithoutValidation(HeaderNames.Timeout, TimeoutCoding.Encode(time));
        }

        foreach (var entry in metadata ?? Metadata.Empty)
        {
            headers.TryAddWithoutValidation(entry.Key, MetadataCoding.Encode(entry));
        }

        return request;
    }
}

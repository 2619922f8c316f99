using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Writes metadata, and how a call ended, as header fields.</summary>
internal static class StatusFields
{
    /// <summary>A response without messages: status and trailers stand in the headers ("trailers-only").</summary>
    public static void WriteAsHeaders(HttpResponse response, Status status, Metadata? trailers = null)
    {
        response.ContentType = HeaderNames.ContentType;
        Write(response.Headers, status, trailers);
    }

    public static void WriteAsTrailers(HttpResponse response, Status status, Metadata trailers)
    {
        var fields = response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        Write(fields, status, trailers);
    }

    public static void Write(IHeaderDictionary fields, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!HeaderNames.IsReserved(entry.Key))
            {
                // Not Append: it drops empty values, and an empty value is a value.
                fields[entry.Key] = StringValues.Concat(fields[entry.Key], MetadataCoding.Encode(entry));
            }
        }
    }

    private static void Write(IHeaderDictionary fields, Status status, Metadata? trailers)
    {
        fields[HeaderNames.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            fields[HeaderNames.Message] = PercentCoding.Encode(status.Detail);
        }

        Write(fields, trailers ?? Metadata.Empty);
    }
}

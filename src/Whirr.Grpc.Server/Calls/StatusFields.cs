using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Writes how a call ended.</summary>
internal static class StatusFields
{
    /// <summary>A response without messages: status and trailers stand in the headers ("trailers-only").</summary>
    public static void WriteAsHeaders(HttpResponse response, Status status, Metadata? trailers = null)
    {
        response.ContentType = HeaderNames.ContentType;
        foreach (var (name, value) in Fields(status, trailers))
        {
            response.Headers.Append(name, value);
        }
    }

    public static void WriteAsTrailers(HttpResponse response, Status status, Metadata trailers)
    {
        foreach (var (name, value) in Fields(status, trailers))
        {
            response.AppendTrailer(name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Fields(Status status, Metadata? trailers)
    {
        yield return (HeaderNames.Status, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(status.Detail))
        {
            yield return (HeaderNames.Message, PercentCoding.Encode(status.Detail));
        }

        foreach (var entry in trailers ?? Metadata.Empty)
        {
            if (!HeaderNames.IsReserved(entry.Key))
            {
                yield return (entry.Key, MetadataCoding.Encode(entry));
            }
        }
    }
}

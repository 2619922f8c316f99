using System.Globalization;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Metadata as header fields: text as it is, bytes as base64.</summary>
internal static class MetadataCoding
{
    /// <summary>The field value of an entry. Base64 goes without padding, as the protocol asks of senders.</summary>
    public static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>
    /// Adds a received field. Fields of the protocol itself are left out. Values of a binary key may have been joined with commas on the
    /// way; one that is no base64 is left out, because a peer's bad metadata is no reason to fail a call.
    /// </summary>
    public static void AddReceived(Metadata metadata, string name, string value)
    {
        if (HeaderNames.IsReserved(name))
        {
            return;
        }

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(Metadata.Entry.Received(name, value));
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (TryDecodeBase64(part, out var bytes))
            {
                metadata.Add(Metadata.Entry.Received(name, bytes));
            }
        }
    }

    /// <summary>The code of a <c>grpc-status</c> field. A number that is none of the known codes, or no number, is Unknown.</summary>
    public static StatusCode DecodeStatusCode(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)StatusCode.Unauthenticated
            ? (StatusCode)code
            : StatusCode.Unknown;

    private static bool TryDecodeBase64(string text, out byte[] bytes)
    {
        var padded = (text.Length % 4) switch { 2 => text + "==", 3 => text + "=", _ => text };
        var buffer = new byte[padded.Length / 4 * 3];
        var isBase64 = Convert.TryFromBase64String(padded, buffer, out var length);
        bytes = buffer[..length];
        return isBase64;
    }
}

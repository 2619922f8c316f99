using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>Times in files and messages: UTC, ISO 8601, milliseconds, <c>2026-01-31T23:59:59.123Z</c>.</summary>
internal static class Timestamps
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } value)
        {
            json.WriteString(name, value.UtcDateTime.ToString(Format, null));
        }
    }
}

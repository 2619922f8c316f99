using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>How whirrctl writes JSON: one document a line, UTF-8, nothing escaped that need not be.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlySpan<byte> Format(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }
}

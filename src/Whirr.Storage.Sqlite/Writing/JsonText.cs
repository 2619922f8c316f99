using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>Writes JSON arrays into one buffer that is used again; the text is good until the next call.</summary>
internal sealed class JsonText : IDisposable
{
    private const int KeepBytes = 1 << 16;

    // Read back by us, not put into HTML: text stays readable for whoever opens the database.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;

    public JsonText() => _writer = new Utf8JsonWriter(_buffer, Options);

    public ReadOnlySpan<byte> Array(IReadOnlyList<string> values)
    {
        Start();
        foreach (var value in values)
        {
            _writer.WriteStringValue(value);
        }

        return End();
    }

    public ReadOnlySpan<byte> Array(IReadOnlyList<uint> values)
    {
        Start();
        foreach (var value in values)
        {
            _writer.WriteNumberValue(value);
        }

        return End();
    }

    public void Dispose() => _writer.Dispose();

    private void Start()
    {
        // One job with a command line of megabytes must not hold its buffer for the life of the daemon.
        if (_buffer.Capacity > KeepBytes)
        {
            _buffer = new();
        }

        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartArray();
    }

    private ReadOnlySpan<byte> End()
    {
        _writer.WriteEndArray();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }
}

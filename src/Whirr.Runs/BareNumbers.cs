using System.Buffers;

namespace Whirr.Runs;

/// <summary>Numbers that are not finite, as Python's json and others write them: bare words (<c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>).
/// They are no JSON (RFC 8259); whirr writes them as texts.</summary>
public static class BareNumbers
{
    /// <summary>Puts quotes around such words.</summary>
    /// <returns>Null: there are none.</returns>
    public static byte[]? Quote(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? quoted = null;
        var copied = 0;
        for (var at = 0; at < json.Length;)
        {
            if (json[at] == '"')
            {
                at = EndOfText(json, at);
                continue;
            }

            var length = WordLength(json[at..]);
            if (length == 0)
            {
                at++;
                continue;
            }

            quoted ??= new ArrayBufferWriter<byte>(json.Length + 64);
            quoted.Write(json[copied..at]);
            quoted.Write("\""u8);
            quoted.Write(json.Slice(at, length));
            quoted.Write("\""u8);
            copied = at += length;
        }

        quoted?.Write(json[copied..]);
        return quoted?.WrittenSpan.ToArray();
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        for (var at = start + 1; at < json.Length; at++)
        {
            switch (json[at])
            {
                case (byte)'\\': at++; break;
                case (byte)'"': return at + 1;
                default: break;
            }
        }

        return json.Length;
    }

    private static int WordLength(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? 3
        : json.StartsWith("Infinity"u8) ? 8
        : json.StartsWith("-Infinity"u8) ? 9
        : 0;
}

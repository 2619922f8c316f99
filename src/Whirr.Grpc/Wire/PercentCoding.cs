using System.Globalization;
using System.Text;

namespace Grpc.Wire;

/// <summary>
/// The coding of <c>grpc-message</c>: UTF-8 in which every byte outside of space..~, and the percent sign, is written as %XX.
/// </summary>
internal static class PercentCoding
{
    public static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !text.Contains('%'))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain(b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>
    /// Undoes <see cref="Encode"/>. Never fails: "decoders must not discard the message", so what is no valid %XX stays as it is and bytes
    /// that are no UTF-8 become U+FFFD.
    /// </summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var isEscape = source[i] == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1])
                && char.IsAsciiHexDigit((char)source[i + 2]);
            source[length++] = isEscape ? (byte)(HexDigit(source[i + 1]) << 4 | HexDigit(source[i + 2])) : source[i];
            i += isEscape ? 2 : 0;
        }

        return Encoding.UTF8.GetString(source, 0, length);
    }

    private static bool IsPlain(byte b) => b is >= (byte)' ' and <= (byte)'~' and not (byte)'%';

    private static int HexDigit(byte c) => char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

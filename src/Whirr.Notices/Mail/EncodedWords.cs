using System.Text;

namespace Whirr.Notices.Mail;

/// <summary>Text of a header: as it is when it is plain, else as encoded words in base64 (RFC 2047).</summary>
internal static class EncodedWords
{
    // Lines with encoded words have at most 76 characters: 9 of "Subject: ", 12 around the text, and base64 makes 4 of 3 bytes.
    private const int BytesInWord = 39;

    /// <summary>Longer headers than RFC 5322 asks for are legal up to 998 characters.</summary>
    private const int LongestPlain = 900;

    public static string Format(string text)
    {
        if (text.Length <= LongestPlain && text.All(c => c is >= ' ' and < '\x7f') && !text.Contains("=?", StringComparison.Ordinal))
        {
            return text.Trim();
        }

        var header = new StringBuilder();
        var word = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // A character is never split between two words.
            if (bytes + rune.Utf8SequenceLength > BytesInWord)
            {
                Append(header, word);
                bytes = 0;
            }

            word.Append(Rune.IsControl(rune) ? " " : rune.ToString());
            bytes += rune.Utf8SequenceLength;
        }

        Append(header, word);
        return header.ToString();
    }

    private static void Append(StringBuilder header, StringBuilder word)
    {
        header.Append(header.Length == 0 ? "" : "\n ").Append("=?utf-8?B?").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(word.ToString()))).Append("?=");
        word.Clear();
    }
}

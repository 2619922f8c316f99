using System.Globalization;
using System.Text;
using Whirr.Domain.Ports;

namespace Whirr.Notices.Mail;

/// <summary>A notice as a message of RFC 5322, in ASCII whatever is in it.</summary>
internal static class MailLetter
{
    /// <summary>Formats one, lines ended by a newline as sendmail expects them.</summary>
    /// <remarks>There is no From: the mail program knows under which name mail leaves this machine. The Message-ID is the same when a notice
    /// is delivered again, so mail programs show it once. Auto-Submitted keeps vacation programs quiet (RFC 3834).</remarks>
    public static byte[] Format(string to, NoticeMessage message, string host)
    {
        var letter = new StringBuilder();
        letter.Append($"To: {to}\n");
        letter.Append($"Subject: {EncodedWords.Format(message.Subject)}\n");
        letter.Append($"Date: {message.At.ToString("ddd, dd MMM yyyy HH:mm:ss zz00", CultureInfo.InvariantCulture)}\n");
        letter.Append($"Message-ID: <whirr-{message.Id}-{message.At.ToUnixTimeMilliseconds()}@{Domain(host)}>\n");
        letter.Append("Auto-Submitted: auto-generated\n");
        letter.Append($"X-Whirr-Event: {message.Event}\n");
        if (message.Job is { } job)
        {
            letter.Append($"X-Whirr-Job: {job.Id}\n");
        }

        letter.Append("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n");
        letter.Append(QuotedPrintable.Format(message.Body));
        return Encoding.ASCII.GetBytes(letter.ToString());
    }

    private static string Domain(string host)
    {
        var name = string.Concat(host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')).Trim('.');
        return name.Length > 0 ? name : "localhost";
    }
}

using System.Text;
using Whirr.Domain.Ports;
using Whirr.Notices;

namespace Whirr.Tests.Notices;

public sealed class MailChannelTests
{
    private const int Limit = 30_000;

    private const string Store = """
        printf '%s ' "$@" > $place/arguments
        cat > $place/letter
        """;

    [Fact(Timeout = Limit)]
    public async Task A_notice_becomes_a_letter()
    {
        using var sendmail = new Script(Store);
        await SendAsync(sendmail, Samples.Message(body: "Job 7 failed\n.\nFrom here\n"));
        Assert.Equal("-t -oi ", sendmail.Read("arguments"));
        Assert.Equal(
            """
            To: ada@example.org
            Subject: whirr: job 7 (train.py) failed
            Date: Mon, 23 Nov 2026 04:58:12 +0000
            Message-ID: <whirr-42-1795409892000@gpu1.example.org>
            Auto-Submitted: auto-generated
            X-Whirr-Event: failure
            X-Whirr-Job: 7
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Job 7 failed
            =2E
            =46rom here

            """,
            sendmail.Read("letter"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_letter_is_the_same_when_it_is_read_by_another_implementation()
    {
        var subject = "whirr: job 7 (größtes Modell 模型 🚂) failed: " + new string('é', 60);
        var body = "Ein Verlust von 0.5 = „gut“ \t\n" + new string('x', 300) + "\n  | ümlaut 🚂\ttab\nend ";
        using var sendmail = new Script(Store);
        await SendAsync(sendmail, Samples.Message(subject, body));
        var read = await PythonAsync(
            $"""
            import email, email.policy, sys
            m = email.message_from_binary_file(open('{sendmail.Place}/letter', 'rb'), policy=email.policy.default)
            sys.stdout.buffer.write((m['subject'] + chr(0) + m.get_content()).encode())
            """);
        var parts = read.Split('\0');
        Assert.Equal(subject, parts[0]);
        Assert.Equal(body + "\n", parts[1]);
        Assert.All(sendmail.Read("letter").Split('\n'), line => Assert.InRange(line.Length, 0, 78));
    }

    [Theory(Timeout = Limit)]
    [InlineData("x\nBcc: eve@example.org")]
    [InlineData("x\r\nBcc: eve@example.org\r\n\r\nbody")]
    [InlineData("=?utf-8?Q?x=0ABcc:_eve@example.org?=")]
    public async Task What_stands_in_a_subject_adds_no_header(string subject)
    {
        using var sendmail = new Script(Store);
        await SendAsync(sendmail, Samples.Message(subject));
        var header = sendmail.Read("letter").Split("\n\n")[0];
        Assert.DoesNotContain(header.Split('\n'), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Subject: =?utf-8?B?", header, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("mail:-oQ/tmp")]
    [InlineData("mail:uid 1234")]
    [InlineData("mail:a,b")]
    public async Task What_is_no_address_gets_no_mail(string target)
    {
        using var sendmail = new Script(Store);
        var failure = await FailureAsync(sendmail.Path, target);
        Assert.True(failure.IsPermanent);
        Assert.False(File.Exists(Path.Combine(sendmail.Place, "letter")));
    }

    [Theory(Timeout = Limit)]
    [InlineData(75, false)]
    [InlineData(67, true)]
    [InlineData(1, false)]
    public async Task The_exit_code_of_the_mail_program_tells_whether_another_try_helps(int code, bool permanent)
    {
        using var sendmail = new Script($"cat >/dev/null; echo 'no route' >&2; exit {code}");
        var failure = await FailureAsync(sendmail.Path, "mail:ada");
        Assert.Equal(permanent, failure.IsPermanent);
        Assert.Equal($"mail to ada: {sendmail.Path} ended with {code}: no route", failure.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_without_a_mail_program_says_what_to_install()
    {
        var failure = await FailureAsync("/no/such/sendmail", "mail:ada");
        Assert.Contains("this machine cannot send mail, there is no /no/such/sendmail; install", failure.Message, StringComparison.Ordinal);
    }

    private static Task SendAsync(Script sendmail, NoticeMessage message) =>
        new MailChannel(() => sendmail.Path, "gpu1.example.org").SendAsync("mail:ada@example.org", message, CancellationToken.None);

    private static Task<NoticeException> FailureAsync(string sendmail, string target) => Assert.ThrowsAsync<NoticeException>(() =>
        new MailChannel(() => sendmail, "gpu1").SendAsync(target, Samples.Message(), CancellationToken.None));

    private static async Task<string> PythonAsync(string script)
    {
        var start = new System.Diagnostics.ProcessStartInfo("python3", ["-c", script]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        using var python = System.Diagnostics.Process.Start(start)!;
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return python.ExitCode == 0 ? output : throw new InvalidOperationException("python3 could not read the letter");
    }
}

using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Starting;
using Whirr.Notices.Mail;
using Whirr.Notices.Programs;

namespace Whirr.Notices;

/// <summary>Hands notices to the machine's mail program, which knows how mail leaves here.</summary>
/// <param name="sendmail">Path of the program; asked each time, because SIGHUP may change it.</param>
/// <param name="host">Name of this machine.</param>
public sealed class MailChannel(Func<string> sendmail, string host) : INoticeChannel
{
    // sysexits(3): what another try would not change.
    private static readonly HashSet<int> Permanent = [64, 65, 67, 68];

    /// <summary>Starts it.</summary>
    public IProgramStarter Starter { get; init; } = new ChildStarter();

    /// <summary>How long the program may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public bool IsForPeople => true;

    /// <inheritdoc/>
    public bool Takes(string target) => target.StartsWith(NoticeTargets.MailPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public string Describe(string target) => $"mail to {PlainText.OneLine(target[NoticeTargets.MailPrefix.Length..])}";

    /// <inheritdoc/>
    public async Task SendAsync(string target, NoticeMessage message, CancellationToken cancellation)
    {
        if (NoticeRules.FindTargetFault(target) is not null)
        {
            throw new NoticeException($"{Describe(target)}: that is no address that mail can be sent to", isPermanent: true);
        }

        var program = sendmail();
        var letter = MailLetter.Format(target[NoticeTargets.MailPrefix.Length..], message, host);
        try
        {
            var result = await HookProgram.RunAsync(Starter, [program, "-t", "-oi"], HookEnvironment.Compose(), letter, Limit, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (result.TimedOut || result.ExitCode != 0)
            {
                throw new NoticeException($"{Describe(target)}: {program} {result.Sentence(Limit)}", isPermanent: !result.TimedOut && Permanent.Contains(result.ExitCode));
            }
        }
        catch (LinuxException e) when (e.Errno == Errno.Enoent)
        {
            throw new NoticeException(
                $"{Describe(target)}: this machine cannot send mail, there is no {program}; install a mail program (postfix, exim, msmtp-mta) or name it with the setting sendmail",
                isPermanent: false,
                e);
        }
        catch (LinuxException e)
        {
            throw new NoticeException($"{Describe(target)}: {program} could not be run: {e.Message}", isPermanent: false, e);
        }
    }
}

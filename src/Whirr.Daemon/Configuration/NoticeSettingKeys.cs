using Whirr.Domain.Jobs;

namespace Whirr.Daemon.Configuration;

/// <summary>The settings about telling people.</summary>
internal static class NoticeSettingKeys
{
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        new(
            "notify_on",
            "EVENTS",
            "What is told: end, failure, stall, retry, alert, queue_empty, trouble, separated by commas, or none (default: none). A job can choose for itself.",
            Reloads: true,
            (config, text) => config with { NotifyOn = NoticeRules.ParseEvents(text) }),
        new(
            "notify_command",
            "PROGRAM",
            "Run this for each notice, without a shell: an absolute path, and arguments after blanks. JSON on its standard input. Empty: none.",
            Reloads: true,
            (config, text) => config with { NotifyCommand = text.Length == 0 ? "" : NoticeTargets.Program(text) }),
        new(
            "notify_webhook",
            "URL",
            "Post each notice as JSON to this address, e.g. an incoming webhook of Slack. Empty: none.",
            Reloads: true,
            (config, text) => config with { NotifyWebhook = text.Length == 0 ? "" : NoticeTargets.Url(text) }),
        new(
            "notify_mail",
            "owner|ADDRESS",
            "Mail each notice to the owner of the job (on this machine) or to an address. Empty: none.",
            Reloads: true,
            (config, text) => config with { NotifyMail = text.Length == 0 ? "" : NoticeTargets.Mailbox(text) }),
        new(
            "notify_log_lines",
            "N",
            "How many of the last lines of its log go along with a notice about a job, 0 to 100 (default: 20).",
            Reloads: true,
            (config, text) => config with { NotifyLogLines = SettingText.Number(text, 0, 100) }),
        new(
            "sendmail",
            "PATH",
            "The program that takes mail (default: /usr/sbin/sendmail).",
            Reloads: true,
            (config, text) => config with { Sendmail = SettingText.Path(text) }),
    ];
}

using Whirr.Domain.Jobs;

namespace Whirr.Daemon.Configuration;

/// <summary>The settings about notices as targets, and what may stand in them.</summary>
internal static class NoticeTargets
{
    private const string Owner = "owner";

    /// <summary>The targets that a configuration names, in the words of notices.</summary>
    public static IReadOnlyList<string> Of(DaemonConfig config)
    {
        List<string> targets = [];
        if (config.NotifyCommand.Length > 0)
        {
            targets.Add("command");
        }

        if (config.NotifyWebhook.Length > 0)
        {
            targets.Add(config.NotifyWebhook);
        }

        if (config.NotifyMail.Length > 0)
        {
            targets.Add(config.NotifyMail == Owner ? "mail" : $"mail:{config.NotifyMail}");
        }

        return targets;
    }

    /// <summary>The program and its arguments; null for none.</summary>
    public static IReadOnlyList<string>? CommandOf(DaemonConfig config) =>
        config.NotifyCommand.Length == 0 ? null : config.NotifyCommand.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static string Program(string text) => SettingText.Path(text.Trim());

    public static string Url(string text) => NoticeRules.FindTargetFault(text) is null && !text.StartsWith("mail", StringComparison.Ordinal)
        ? text
        : throw new FormatException("it is not an http(s) URL");

    public static string Mailbox(string text) => text == Owner || NoticeRules.FindTargetFault($"mail:{text}") is null
        ? text
        : throw new FormatException($"\"{text}\" is neither owner nor an address");

    /// <summary>A URL for people: it is a secret but for its host, so what is printed here cannot be used as a setting.</summary>
    public static string Shown(string url) => Uri.TryCreate(url, UriKind.Absolute, out var read) ? $"{read.Scheme}://{read.Authority}/... (the rest is a secret)" : "";
}

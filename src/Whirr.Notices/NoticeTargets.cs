namespace Whirr.Notices;

/// <summary>The forms of targets, as notices carry them.</summary>
internal static class NoticeTargets
{
    public const string Command = "command";
    public const string MailPrefix = "mail:";

    /// <summary>The URL of a webhook; null when the target is none.</summary>
    public static Uri? FindUrl(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? url : null;
}

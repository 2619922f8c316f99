using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>Why the queue does not move, or soon will not: what whoever looks at it must know first.</summary>
internal static class DaemonNotices
{
    /// <summary>A sentence each, safe to print; none when all is well.</summary>
    public static IEnumerable<string> Of(InfoReply info, TimeProvider clock)
    {
        if (info.Stopping)
        {
            yield return "The daemon is stopping: it waits for what runs, and nothing is started";
        }

        if (info.Hold is { } hold)
        {
            yield return $"{Describe(hold, clock)}; nothing is started, `whirrctl resume` goes on";
        }

        foreach (var trouble in info.Troubles)
        {
            yield return SafeText.Escape(trouble);
        }
    }

    /// <summary><c>Drained by ada since 18:02:11: upgrade</c>.</summary>
    public static string Describe(QueueHold hold, TimeProvider clock)
    {
        var by = hold.By.Length > 0 ? $" by {SafeText.Escape(hold.By)}" : "";
        var since = hold.At is { } at ? $" since {Times.ShortLocal(at, clock)}" : "";
        var why = hold.Why.Length > 0 ? $": {SafeText.Escape(hold.Why)}" : "";
        return $"Drained{by}{since}{why}";
    }
}

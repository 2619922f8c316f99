using Whirr.Domain.Jobs;
using Whirr.KeeperContract;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Says that a job hangs, for the user.</summary>
internal static class StallSentence
{
    /// <param name="span">How long there was no sign.</param>
    /// <param name="withGpu">GPU use was asked for.</param>
    /// <param name="reaction">What is done about it.</param>
    public static string Of(TimeSpan span, bool withGpu, StallReaction reaction)
    {
        var gpu = withGpu ? ", no GPU use" : "";
        var done = reaction switch
        {
            StallReaction.Dump => "; what its processes are doing is in its log",
            StallReaction.End => "; it was ended",
            _ => "",
        };
        return $"it gave no sign of progress for {EndSentence.Words(span)}: no output, no metric, no processor time{gpu}{done}";
    }
}

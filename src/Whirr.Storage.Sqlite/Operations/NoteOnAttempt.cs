using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Appends an event about a running attempt that keeps its state.</summary>
internal static class NoteOnAttempt
{
    public static bool Run(
        WriteSession session, AttemptKey key, JobState expected, JobTrigger trigger, EndReason reason, string detail, DateTimeOffset at)
    {
        if (JobTransitions.Require(expected, trigger) != expected)
        {
            throw new ArgumentException($"{trigger.ToWord()} does not keep a {expected.ToWord()} job where it is", nameof(trigger));
        }

        if (FindLease.Run(session, key)?.State != expected)
        {
            return false;
        }

        session.AppendEvent(key.JobId, at, trigger, key.Number, expected, expected, reason, detail);
        return true;
    }
}

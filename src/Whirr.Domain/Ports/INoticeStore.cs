using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Memory of what is to be told to people: an outbox that outlives the daemon.</summary>
/// <remarks>Notices are derived from the event log behind a cursor. The cursor moves in the transaction that adds them, so an event is turned
/// into notices once, whatever happens to the daemon; each notice is delivered at least once, and carries its id.</remarks>
public interface INoticeStore
{
    /// <summary>The last event that notices were made of; 0 for none, and for a new store the newest event there is.</summary>
    Task<long> FindNoticeCursorAsync(CancellationToken cancellation);

    /// <summary>Events of all jobs after <paramref name="afterSeq"/>, oldest first.</summary>
    Task<IReadOnlyList<JobEvent>> AllEventsAsync(long afterSeq, int max, CancellationToken cancellation);

    /// <summary>Adds notices and moves the cursor to <paramref name="cursor"/>, both or neither. It never moves back.</summary>
    Task AddNoticesAsync(long cursor, IReadOnlyList<NewNotice> notices, CancellationToken cancellation);

    /// <summary>Of each target the notice to be tried next, neither delivered nor given up: the one whose try is due first, then the oldest.
    /// So one target with many notices does not hide the others.</summary>
    Task<IReadOnlyList<Notice>> ListNextNoticesAsync(int max, CancellationToken cancellation);

    /// <summary>The open notices of one target, oldest first, whether or not their next try is due.</summary>
    Task<IReadOnlyList<Notice>> ListOpenNoticesAsync(string target, int max, CancellationToken cancellation);

    /// <summary>Notes what came of an attempt to deliver.</summary>
    Task MarkNoticeAsync(long id, NoticeOutcome outcome, CancellationToken cancellation);
}

/// <summary>Something to be told.</summary>
/// <param name="JobId">The job it is about; null: the queue.</param>
/// <param name="Event">What happened: one of the flags.</param>
/// <param name="Target">Where to: <c>command</c>, <c>mail:ADDRESS</c> or a URL.</param>
/// <param name="Seq">The event it comes from; 0 for none.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Text">What to say when it is not about a job; null otherwise.</param>
public sealed record NewNotice(long? JobId, NoticeEvents Event, string Target, long Seq, DateTimeOffset CreatedAt, string? Text);

/// <summary>A notice in the outbox.</summary>
/// <param name="Id">Grows; goes along with every delivery, so that a receiver can tell repetitions.</param>
/// <param name="What">What it is.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="NextTryAt">Not before this.</param>
/// <param name="OpenOfTarget">How many notices of its target are open, itself included.</param>
public sealed record Notice(long Id, NewNotice What, int Tries, DateTimeOffset NextTryAt, int OpenOfTarget = 1);

/// <summary>What came of a try.</summary>
/// <param name="Delivered">It has arrived.</param>
/// <param name="GivenUp">It has not, and is not tried any more.</param>
/// <param name="NextTryAt">Otherwise: when it is tried again.</param>
/// <param name="Detail">What went wrong.</param>
public sealed record NoticeOutcome(bool Delivered, bool GivenUp, DateTimeOffset NextTryAt, string? Detail);

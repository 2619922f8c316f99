namespace Whirr.Domain.Jobs;

/// <summary>What somebody wants to be told, and where.</summary>
public sealed record NoticeSettings
{
    /// <summary>What happens to the job; <see cref="NoticeEvents.None"/>: nothing is told.</summary>
    public NoticeEvents Events { get; init; }

    /// <summary>Where to: <c>mail</c> (the owner's local mailbox), <c>mail:ADDRESS</c>, an <c>https://</c> or <c>http://</c> URL. Empty: the
    /// daemon's own targets.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];
}

/// <summary>What can be told. The numbers are stored.</summary>
[Flags]
public enum NoticeEvents
{
    None = 0,

    /// <summary>A job ended, in whatever way.</summary>
    End = 1,

    /// <summary>A job failed or was lost.</summary>
    Failure = 2,

    /// <summary>A job gives no sign of progress.</summary>
    Stall = 4,

    /// <summary>An attempt ended and the job is run again.</summary>
    Retry = 8,

    /// <summary>The last job has ended and none waits.</summary>
    QueueEmpty = 16,

    /// <summary>The machine is in the way: disk space, a job that cannot be started.</summary>
    Trouble = 32,

    /// <summary>The script of a job wants people to know something.</summary>
    Alert = 64,
}

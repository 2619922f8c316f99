using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>How long a notice is tried: after 10 s, doubled up to 30 min, for a day or 20 times.</summary>
public static class NoticePatience
{
    public const int MostTries = 20;
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>What becomes of a notice that could not be delivered at <paramref name="now"/>.</summary>
    public static NoticeOutcome AfterFailure(Notice notice, NoticeException failure, DateTimeOffset now)
    {
        var pause = PauseAfter(notice.Tries + 1, failure);
        var givenUp = failure.IsPermanent || notice.Tries + 1 >= MostTries || now - notice.What.CreatedAt >= Life;
        return new NoticeOutcome(Delivered: false, givenUp, now + pause, failure.Message);
    }

    /// <summary>The pause after so many failures in a row; longer where the receiver asks for it.</summary>
    public static TimeSpan PauseAfter(int failures, NoticeException failure)
    {
        var pause = failures < 10 ? First * (1 << (failures - 1)) : Longest;
        pause = pause < Longest ? pause : Longest;
        return failure.RetryAfter is { } asked && asked > pause ? (asked < Life ? asked : Life) : pause;
    }

    /// <summary>How long to wait for a try. A clock that was set back makes nobody wait for longer than the longest pause.</summary>
    public static TimeSpan Until(DateTimeOffset nextTry, DateTimeOffset now) =>
        nextTry <= now || nextTry - now > Longest ? TimeSpan.Zero : nextTry - now;
}

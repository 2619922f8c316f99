using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>A way to tell people something: a command, a webhook, mail.</summary>
public interface INoticeChannel
{
    /// <summary>True when notices for <paramref name="target"/> go this way.</summary>
    bool Takes(string target);

    /// <summary>True when people read what goes this way: many notices at once are put into one message for them.</summary>
    bool IsForPeople { get; }

    /// <summary>Delivers one notice, or throws <see cref="NoticeException"/>. Never waits for longer than its own limit, which is below a minute.</summary>
    Task SendAsync(string target, NoticeMessage message, CancellationToken cancellation);

    /// <summary><paramref name="target"/> for a log: without what is secret in it.</summary>
    string Describe(string target);
}

/// <summary>A notice in words.</summary>
/// <param name="Id">Of the notice; the same when it is delivered again.</param>
/// <param name="Event">What happened: <c>end</c>, <c>failure</c>, <c>stall</c>, <c>retry</c>, <c>alert</c>, <c>queue_empty</c>, <c>trouble</c>;
/// <c>digest</c>: several of them.</param>
/// <param name="At">When it happened.</param>
/// <param name="Job">The job it is about; null: the queue, or a job that was removed since.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Some lines, the last of the log among them.</param>
/// <param name="Json">The same for machines: one JSON object.</param>
public sealed record NoticeMessage(long Id, string Event, DateTimeOffset At, Job? Job, string Subject, string Body, byte[] Json);

/// <summary>A notice did not arrive.</summary>
/// <param name="message">Why, in a sentence without secrets.</param>
/// <param name="isPermanent">True: another try would fail as well.</param>
/// <param name="inner">What it comes from.</param>
public sealed class NoticeException(string message, bool isPermanent, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPermanent { get; } = isPermanent;

    /// <summary>How long the receiver asked to be left alone; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

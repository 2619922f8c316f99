using Whirr.Domain.Jobs;

namespace Whirr.Engine.Notices;

/// <summary>What is told about jobs that say nothing about it themselves, and about the queue.</summary>
/// <param name="Events">What is told.</param>
/// <param name="Targets">Where to: <c>command</c>, <c>mail</c> (the owner of the job), <c>mail:ADDRESS</c> or a URL.</param>
/// <param name="LogLines">How many of the last lines of the log go along; 0: none.</param>
public sealed record NoticeDefaults(NoticeEvents Events, IReadOnlyList<string> Targets, int LogLines)
{
    public static readonly NoticeDefaults None = new(NoticeEvents.None, [], 20);
}

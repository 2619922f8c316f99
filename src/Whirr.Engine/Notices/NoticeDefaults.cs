using Whirr.Domain.Jobs;

namespace Whirr.Engine.Notices;

/// <summary>What is told about jobs that say nothing about it themselves, and about the queue.</summary>
/// <param name="Events">What is told.</param>
/// <param name="Targets">Where to: <c>command</c>, <c>mail</c> (the owner of the job), <c>mail:ADDRESS</c> or a URL.</param>
/// <param name="LogLines">How many of the last lines of the log go along; 0: none.</param>
/// <param name="DaemonUser">Login name of the daemon's user, who gets the mail that has no job's owner to go to.</param>
public sealed record NoticeDefaults(NoticeEvents Events, IReadOnlyList<string> Targets, int LogLines, string DaemonUser = "root")
{
    public static readonly NoticeDefaults None = new(NoticeEvents.None, [], 20);
}

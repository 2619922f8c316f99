using Whirr.Torture.Checks;
using Whirr.Torture.Places;

namespace Whirr.Torture;

/// <summary>What was done and what came of it, for a person; the last line is the sum.</summary>
internal static class Report
{
    private const int MostFindings = 30;

    /// <returns>The exit code.</returns>
    public static int Write(Session session, Workplace place, TimeSpan took)
    {
        var (deeds, findings, records) = (session.Deeds, session.Findings, session.Records);
        Console.WriteLine("\nfaults and calls:");
        foreach (var (what, count) in deeds.Counts.OrderBy(entry => entry.Key.Trim(), StringComparer.Ordinal))
        {
            Console.WriteLine($"{count,8}  {what}");
        }

        Console.WriteLine($"slowest start of whirrd: {deeds.SlowestStart.TotalMilliseconds:0} ms\nends of jobs:");
        foreach (var group in records.Jobs.GroupBy(job => (job.State, job.Reason)).OrderBy(group => group.Key))
        {
            Console.WriteLine($"{group.Count(),8}  {Domain.Jobs.JobStates.ToWord(group.Key.State)} {Domain.Jobs.EndReasons.ToWord(group.Key.Reason)}");
        }

        Console.WriteLine("invariants, facts looked at, violations:");
        foreach (var invariant in Enum.GetValues<Invariant>())
        {
            Console.WriteLine($"{findings.Looks(invariant),8}  {invariant}: {findings.Count(invariant)}");
        }

        foreach (var finding in findings.Found.Take(MostFindings))
        {
            Console.WriteLine($"\n{finding.Invariant}: {finding.Evidence}");
        }

        if (findings.Found.Count > 0)
        {
            Console.WriteLine($"\nthe evidence is kept in {place.Root}; the same decisions again with SEED={place.Options.Seed}");
        }

        Console.WriteLine(
            $"torture: {took.TotalMinutes:0.#} minutes, {deeds.DaemonKills} daemon kills, {deeds.KeeperKills} keeper kills, {records.Jobs.Count} jobs, "
            + $"{records.Attempts.Sum(attempts => attempts.Count())} attempts: {findings.Count(Invariant.Lost)} lost, {findings.Count(Invariant.Twice)} twice, "
            + $"{findings.Count(Invariant.LeftBehind)} left behind, {findings.Count(Invariant.WrongReason)} wrong reasons");
        return findings.Found.Count == 0 ? 0 : 1;
    }
}

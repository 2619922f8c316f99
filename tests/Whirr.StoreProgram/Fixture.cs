using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;

namespace Whirr.StoreProgram;

/// <summary>Writes the database that later versions must be able to open: one job completed, failed, cancelled, running and queued each.</summary>
internal static class Fixture
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(string path)
    {
        var none = CancellationToken.None;
        await using var store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path });
        string[] names = ["naïve baseline", "wrong flag", "never mind", "long run", "next"];
        await store.AddAsync([.. names.Select(name => Named(name))], none);

        await EndAsync(store, exitCode: 0);
        await EndAsync(store, exitCode: 2);
        var cancelled = new JobEnd(
            JobState.Queued, JobTrigger.Cancelled, JobState.Cancelled, EndReason.CancelledByUser, "cancelled by ada", Start.AddMinutes(3));
        await store.EndJobAsync(3, cancelled, none);
        await StartAsync(store);
        return 0;
    }

    private static NewJob Named(string name)
    {
        var job = Sample.Job();
        return job with { Settings = job.Settings with { Name = name }, CreatedAt = Start };
    }

    private static async Task<Job> StartAsync(SqliteJobStore store)
    {
        var job = (await store.ClaimAsync("workstation", 1, Start.AddMinutes(1), CancellationToken.None))[0].Job;
        await store.MarkStartedAsync(
            job.Attempt!.Key, new AttemptStart(4711, $"/home/ada/.whirr/runs/job-{job.Id}", Start.AddMinutes(1)), CancellationToken.None);
        return job;
    }

    private static async Task EndAsync(SqliteJobStore store, int exitCode)
    {
        var job = await StartAsync(store);
        var ending = new AttemptEnding.Exited(exitCode, 0, EndedBy.Itself) { EndedAt = Start.AddMinutes(2) };
        var verdict = AttemptVerdict.Decide(job, ending);
        var to = JobTransitions.Require(JobState.Running, verdict.Trigger);
        await store.EndAttemptAsync(new AttemptEnd(job.Attempt!.Key, JobState.Running, ending, verdict, to), CancellationToken.None);
    }
}

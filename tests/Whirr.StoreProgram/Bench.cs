using System.Diagnostics;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;

namespace Whirr.StoreProgram;

/// <summary>Measures the store against the disk it is on, in the same run. Prints a table in Markdown.</summary>
internal static class Bench
{
    private const int BatchSize = 100_000;
    private const int Callers = 16;

    public static async Task<int> RunAsync(string directory)
    {
        var path = Path.Combine(directory, "bench.db");
        Console.WriteLine("| what | per second | ms in all |");
        Console.WriteLine("|---|---:|---:|");
        Report("write + fdatasync of 4 KiB, one after the other", 2_000, Measure(() => Flush(directory, 2_000)));
        await using (var store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path }))
        {
            await MeasureAsync(store);
        }

        var open = Stopwatch.StartNew();
        await using (await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path }))
        {
            Report($"open a database of {new FileInfo(path).Length >> 20} MiB", 1, open.Elapsed);
        }

        return 0;
    }

    private static async Task MeasureAsync(SqliteJobStore store)
    {
        var none = CancellationToken.None;
        await AddFromManyAsync(store, 1, 200);
        Report("durable adds, 1 caller", 3_000, await MeasureAsync(() => AddFromManyAsync(store, 1, 3_000)));
        Report($"durable adds, {Callers} callers", 32_000, await MeasureAsync(() => AddFromManyAsync(store, Callers, 2_000)));
        var one = JobEndFromQueued();
        Report("cancel all queued", (await store.CountAsync(none))[JobState.Queued], await MeasureAsync(() => store.EndJobsAsync(null, one, none)));

        NewJob[] batch = [.. Enumerable.Range(0, BatchSize).Select(_ => Sample.Job())];
        Report($"durable adds, one batch of {BatchSize}", BatchSize, await MeasureAsync(() => store.AddAsync(batch, none)));
        Report("first page of 50, newest first", 200, await MeasureAsync(() => ListAsync(store, JobOrder.NewestFirst, 200)));
        Report("first page of 50, queue order", 200, await MeasureAsync(() => ListAsync(store, JobOrder.Queue, 200)));
        Report("find a job", 20_000, await MeasureAsync(() => FindAsync(store, 20_000)));
        Report("claim, start, complete: 3 commits, 1 caller", 1_000, await MeasureAsync(() => RunJobsAsync(store, 1_000)));
        Report("cancel all queued", BatchSize - 1_000, await MeasureAsync(() => store.EndJobsAsync(null, one, none)));
    }

    private static Task AddFromManyAsync(SqliteJobStore store, int callers, int each) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var count = 0; count < each; count++)
            {
                await store.AddAsync([Sample.Job()], CancellationToken.None);
            }
        })));

    private static async Task ListAsync(SqliteJobStore store, JobOrder order, int times)
    {
        for (var count = 0; count < times; count++)
        {
            await store.ListAsync(new JobFilter { Order = order }, CancellationToken.None);
        }
    }

    private static async Task FindAsync(SqliteJobStore store, int times)
    {
        for (var id = 1; id <= times; id++)
        {
            await store.FindAsync(id, CancellationToken.None);
        }
    }

    private static async Task RunJobsAsync(SqliteJobStore store, int jobs)
    {
        var none = CancellationToken.None;
        for (var count = 0; count < jobs; count++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var job = (await store.ClaimAsync("here", 1, now, none))[0].Job;
            await store.MarkStartedAsync(job.Attempt!.Key, new AttemptStart(1, "/runs/1", now), none);
            var ending = new AttemptEnding.Exited(0, 0, EndedBy.Itself) { EndedAt = now };
            var verdict = AttemptVerdict.Decide(job, ending);
            await store.EndAttemptAsync(
                new AttemptEnd(job.Attempt.Key, JobState.Running, ending, verdict, JobTransitions.Require(JobState.Running, verdict.Trigger)), none);
        }
    }

    private static JobEnd JobEndFromQueued() => new(
        JobState.Queued,
        JobTrigger.Cancelled,
        JobTransitions.Require(JobState.Queued, JobTrigger.Cancelled),
        EndReason.CancelledByUser,
        "cancelled by ada",
        TimeProvider.System.GetUtcNow());

    // FileStream.Flush(true) is fsync(2), and for an overwrite of the same length that is what fdatasync(2) does.
    private static void Flush(string directory, int times)
    {
        using var file = new FileStream(Path.Combine(directory, "flush"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        for (var count = 0; count < times; count++)
        {
            file.Position = count % 256 * page.Length;
            file.Write(page);
            file.Flush(flushToDisk: true);
        }
    }

    private static TimeSpan Measure(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed;
    }

    private static async Task<TimeSpan> MeasureAsync(Func<Task> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return watch.Elapsed;
    }

    private static void Report(string what, long count, TimeSpan time) =>
        Console.WriteLine($"| {what} | {count / time.TotalSeconds:N0} | {time.TotalMilliseconds:N0} |");
}

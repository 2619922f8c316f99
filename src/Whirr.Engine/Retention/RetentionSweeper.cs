using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Retention;

/// <summary>Keeps to the configured limits of age, count and size: once an hour, and not at all where there are none.</summary>
/// <param name="archive">The ended jobs.</param>
/// <param name="runs">Their directories.</param>
/// <param name="cleaner">Removes them.</param>
/// <param name="limits">The limits in force, read each time because SIGHUP may change them.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class RetentionSweeper(
    IJobArchive archive,
    IRunDirectories runs,
    Cleaner cleaner,
    Func<RetentionLimits> limits,
    TimeProvider time,
    ILogger<RetentionSweeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Removes what is beyond the limits.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var now = limits();
        if (now.Age is { } age)
        {
            await CleanAsync(new EndedFilter { EndedBefore = time.GetUtcNow() - age }, now.RemoveRuns, stopping).ConfigureAwait(false);
        }

        if (now.Count is { } count)
        {
            await CleanAsync(new EndedFilter { KeepNewest = count }, now.RemoveRuns, stopping).ConfigureAwait(false);
        }

        if (now.Bytes is { } bytes && await FindOverflowAsync(bytes, stopping).ConfigureAwait(false) is { Count: > 0 } overflow)
        {
            await CleanAsync(new EndedFilter(), removeRuns: true, stopping, overflow).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                LogStoreTrouble(e.Message);
            }
        }
    }

    /// <summary>The oldest jobs whose directories make the sum too large. Directories are measured anew each time: their owners change them.</summary>
    private async Task<HashSet<long>> FindOverflowAsync(long limit, CancellationToken stopping)
    {
        var sizes = new List<(long Id, long Bytes)>();
        EndedCursor? after = null;
        while (await archive.ListEndedAsync(new EndedFilter { After = after }, stopping).ConfigureAwait(false) is { Count: > 0 } page)
        {
            after = new EndedCursor(page[^1].FinishedAt!.Value, page[^1].Id);
            foreach (var job in page)
            {
                var measured = await runs.RemoveAsync(job, measureOnly: true, stopping).ConfigureAwait(false);
                if (measured is { Existed: true })
                {
                    sizes.Add((job.Id, measured.Bytes));
                }
            }
        }

        return SizeRule.FindOverflow(sizes, limit);
    }

    private async Task CleanAsync(EndedFilter filter, bool removeRuns, CancellationToken stopping, HashSet<long>? ids = null)
    {
        var result = await cleaner.RunAsync(new CleanOrder { Filter = filter, RemoveRuns = removeRuns, Ids = ids ?? [] }, stopping).ConfigureAwait(false);
        foreach (var problem in result.Problems)
        {
            LogProblem(problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "retention: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ended jobs beyond the limits stay for another hour: {Why}")]
    private partial void LogStoreTrouble(string why);
}

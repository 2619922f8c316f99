using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Attempts;

/// <summary>Adopts what an earlier daemon left, opens the gate for the dispatcher, then sweeps now and then as a safety net.</summary>
public sealed partial class Rescuer(
    IJobStore store,
    IRunner runner,
    Adopter adopter,
    LiveAttempts live,
    StartGate gate,
    Dispatcher dispatcher,
    TimeProvider time,
    ILogger<Rescuer> log) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, time);
        await TidyAsync(stoppingToken).ConfigureAwait(false);
        do
        {
            try
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                LogStoreTrouble(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>Costs an idle daemon nothing but a look at the counts, which are in memory.</summary>
    private async Task SweepAsync(CancellationToken stopping)
    {
        var counts = await store.CountAsync(stopping).ConfigureAwait(false);
        if (!gate.IsOpen || counts.Where(count => count.Key.IsLive()).Sum(count => count.Value) != live.Count)
        {
            var adopted = await adopter.RunOnceAsync(stopping).ConfigureAwait(false);
            if (gate.IsOpen && adopted > 0)
            {
                LogRescued(adopted);
            }
        }

        gate.Open();
        if (counts.GetValueOrDefault(JobState.Queued) > 0)
        {
            // A wake that was lost would otherwise keep the queue standing until the next submit.
            dispatcher.Wake();
        }
    }

    /// <summary>Nothing is started yet, so whatever is not live in the store now has ended for good.</summary>
    private async Task TidyAsync(CancellationToken stopping)
    {
        try
        {
            var live = await store.ListLiveAsync(stopping).ConfigureAwait(false);
            runner.ForgetAllBut([.. live.Select(job => job.Attempt!.Key)]);
        }
        catch (Exception e) when (e is StoreException or RunnerException)
        {
            LogNotTidied(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "leftovers of ended attempts stay until the next start: {Why}")]
    private partial void LogNotTidied(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} live jobs were not followed, and are now")]
    private partial void LogRescued(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "the store cannot be read for live jobs; trying again at the next sweep: {Why}")]
    private partial void LogStoreTrouble(string why);
}

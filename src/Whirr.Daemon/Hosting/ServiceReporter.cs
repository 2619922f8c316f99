using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine;
using Whirr.Engine.Queue;
using Whirr.Linux.Systemd;

namespace Whirr.Daemon.Hosting;

/// <summary>Tells systemd that the daemon is ready, what it has to do, and that it still works.</summary>
internal sealed class ServiceReporter(
    IJobStore store, JobChanges changes, QueueHolds holds, Troubles troubles, ServiceNotifier notifier, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    /// <summary>The status line changes at most this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>An id that no job has; looking for it reads the database.</summary>
    private const long NoJob = 0;

    private readonly Wake _changed = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!notifier.IsActive)
        {
            return;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        notifier.Ready(await DescribeAsync(stoppingToken).ConfigureAwait(false));
        using var stopping = lifetime.ApplicationStopping.Register(() => notifier.Stopping("stopping; running jobs go on with their keepers"));
        changes.Any += _changed.Signal;
        holds.Changed += _changed.Signal;
        troubles.Changed += _changed.Signal;
        try
        {
            await Task.WhenAll(ReportAsync(stoppingToken), ProveAliveAsync(stoppingToken)).ConfigureAwait(false);
        }
        finally
        {
            changes.Any -= _changed.Signal;
            holds.Changed -= _changed.Signal;
            troubles.Changed -= _changed.Signal;
        }
    }

    private async Task ReportAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _changed.WaitAsync(stopping).ConfigureAwait(false);
            notifier.Status(await DescribeAsync(stopping).ConfigureAwait(false));
            await Task.Delay(Pause, time, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The watchdog hears from a daemon that can read its database, not from one that merely has a timer. A store that reports a
    /// failure answers too: a restart would not mend its disk.</summary>
    private async Task ProveAliveAsync(CancellationToken stopping)
    {
        if (notifier.WatchdogInterval is not { } interval)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval / 2, time);
        do
        {
            try
            {
                await store.FindAsync(NoJob, stopping).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                notifier.Status($"the database cannot be used: {e.Message}");
            }

            notifier.Alive();
        }
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
    }

    private async Task<string> DescribeAsync(CancellationToken cancellation)
    {
        try
        {
            var counts = await store.CountAsync(cancellation).ConfigureAwait(false);
            var running = counts.Where(count => count.Key.IsLive()).Sum(count => count.Value);
            var hold = holds.IsEnding ? "ending when the running jobs have, " : holds.Drained is { } drained ? $"drained by {drained.By}, " : "";
            var trouble = string.Concat(troubles.Current.Select(sentence => $"; {sentence}"));
            return $"{hold}{running} running, {counts.GetValueOrDefault(JobState.Queued)} queued{trouble}";
        }
        catch (StoreException e)
        {
            return $"the database cannot be used: {e.Message}";
        }
    }
}

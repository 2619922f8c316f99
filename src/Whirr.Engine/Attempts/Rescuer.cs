using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Attempts;

/// <summary>Adopts what an earlier daemon left, opens the gate for the dispatcher, then sweeps now and then as a safety net.</summary>
public sealed partial class Rescuer(Adopter adopter, StartGate gate, Dispatcher dispatcher, TimeProvider time, ILogger<Rescuer> log) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, time);
        do
        {
            try
            {
                var adopted = await adopter.RunOnceAsync(stoppingToken).ConfigureAwait(false);
                if (gate.IsOpen && adopted > 0)
                {
                    LogRescued(adopted);
                }

                gate.Open();

                // A wake that was lost would otherwise keep the queue standing until the next submit.
                dispatcher.Wake();
            }
            catch (StoreException e)
            {
                LogStoreTrouble(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} live jobs were not followed, and are now")]
    private partial void LogRescued(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "the store cannot be read for live jobs; trying again at the next sweep")]
    private partial void LogStoreTrouble(Exception e);
}

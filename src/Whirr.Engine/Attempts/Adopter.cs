using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Faults;

namespace Whirr.Engine.Attempts;

/// <summary>Finds the live jobs that nobody follows: all of them when a daemon starts, none after that unless something went wrong.</summary>
public sealed partial class Adopter(IJobStore store, LiveAttempts live, AttemptFollower follower, IFaults faults, ILogger<Adopter> log)
{
    /// <summary>Adopts every live job that is not followed.</summary>
    /// <returns>How many were adopted.</returns>
    public async Task<int> RunOnceAsync(CancellationToken stopping)
    {
        var adopted = 0;
        foreach (var job in await store.ListLiveAsync(stopping).ConfigureAwait(false))
        {
            faults.Reach(FaultPoint.DuringAdoption);
            if (!live.TryHold(job))
            {
                continue;
            }

            // The list is older than the hold: a job that ended in between must not be adopted.
            if (await store.FindAsync(job.Id, stopping).ConfigureAwait(false) is not { } now || !now.State.IsLive() || now.Attempt?.Key != job.Attempt?.Key)
            {
                live.Remove(job.Attempt!.Key);
                continue;
            }

            try
            {
                await follower.AdoptAsync(now, stopping).ConfigureAwait(false);
                adopted++;
                LogAdopted(job.Id, job.Attempt!.Key.Number);
            }
            catch (RunnerException e)
            {
                live.Remove(job.Attempt!.Key);
                LogNotAdopted(job.Id, e.Message);
            }
        }

        return adopted;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "job {WhirrJobId} attempt {Attempt}, started by an earlier daemon, is looked after again")]
    private partial void LogAdopted(long whirrJobId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {WhirrJobId}, started by an earlier daemon, cannot be looked at; trying again at the next sweep: {Why}")]
    private partial void LogNotAdopted(long whirrJobId, string why);
}

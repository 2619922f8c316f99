using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;
using Whirr.Engine.Reports;
using Whirr.Engine.Retention;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

/// <summary>The Jobs service: one file per rpc; here what they share.</summary>
/// <param name="queue">What may be done with jobs.</param>
/// <param name="store">Where jobs are looked up.</param>
/// <param name="changes">Tells when to look again.</param>
/// <param name="leases">Where attempts are looked up.</param>
/// <param name="extender">Changes time limits.</param>
/// <param name="views">Adds to a job what is known of it now.</param>
/// <param name="abilities">What can be enforced here.</param>
/// <param name="longCalls">Runs the calls that wait.</param>
/// <param name="batches">Bounds the memory of batches.</param>
/// <param name="cleaner">Removes ended jobs.</param>
/// <param name="reporter">Looks back.</param>
/// <param name="defaults">The choices of this daemon, read at each submit because SIGHUP may change them.</param>
/// <param name="time">The clock.</param>
public sealed partial class JobsService(
    JobQueue queue,
    IJobStore store,
    JobChanges changes,
    ILeaseStore leases,
    TimeExtender extender,
    JobViews views,
    RunnerAbilities abilities,
    LongCalls longCalls,
    BatchMemory batches,
    Cleaner cleaner,
    Reporter reporter,
    Func<SubmitDefaults> defaults,
    TimeProvider time) : Wire.Jobs.JobsBase
{
    private const int MaxIds = 1000;

    private async Task<Job> FindAsync(long jobId, CancellationToken cancellation)
    {
        try
        {
            return await store.FindAsync(jobId, cancellation).ConfigureAwait(false) ?? throw Faults.NotFound(jobId);
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    /// <summary>Checks one job of a submit. What is wrong is said with the place of the job when there are many.</summary>
    private NewJob Accept(Wire.JobSpec? spec, ReadOnlyMemory<byte> environment, JobOwner caller, string place)
    {
        if (spec is null)
        {
            throw Faults.Invalid($"{place}job: is missing");
        }

        try
        {
            var settings = spec.ToSettings(defaults());
            if (JobRules.FindFault(settings, environment.Span) is { } fault)
            {
                throw Faults.Invalid(place + fault);
            }

            if (LimitsHere.FindObstacle(settings.Limits, abilities) is { } obstacle)
            {
                throw Faults.WrongState(place + obstacle);
            }

            return settings.Limits.Nice < 0 && caller.Uid != 0
                ? throw Faults.Forbidden($"{place}nice: only root may give a job a niceness below 0; leave it out or use 0 to 19")
                : new NewJob(settings, caller, environment, time.GetUtcNow());
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException)
        {
            throw Faults.Invalid(place + e.Message);
        }
    }
}

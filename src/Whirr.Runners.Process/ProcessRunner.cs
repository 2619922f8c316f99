using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Runners.Process;

/// <summary>Runs attempts as processes of this machine, each under a keeper that outlives the daemon.</summary>
public sealed class ProcessRunner(ProcessRunnerOptions options) : IRunner, IAsyncDisposable
{
    /// <inheritdoc/>
    public Task<IAttempt> StartAsync(ClaimedJob claimed, CancellationToken cancellation) =>
        throw new RunnerException($"there is no keeper at {options.KeeperPath}");

    /// <inheritdoc/>
    public Task<IAttempt> AdoptAsync(Job job, CancellationToken cancellation) =>
        throw new RunnerException($"there is no keeper at {options.KeeperPath}");

    /// <summary>Lets go of all keepers; they and their jobs go on.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

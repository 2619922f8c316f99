using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Runners.Process;

/// <summary>Runs attempts as processes of this machine, each under a keeper that outlives the daemon.</summary>
/// <remarks>
/// Starting an attempt is: a directory for it, a keeper in a session of its own, a connection to it. From then on the keeper is in charge.
/// A daemon that starts later finds it by the directory. One thread hears all keepers; nothing polls.
/// </remarks>
public sealed class ProcessRunner : IRunner, IRunDirectories, IAsyncDisposable
{
    // A keeper that has its lock but does not listen is just starting or just ending.
    private static readonly TimeSpan ConnectRetry = TimeSpan.FromMilliseconds(5);

    private readonly ProcessRunnerOptions _options;
    private readonly Reactor _reactor = new("keepers");
    private readonly KeeperPrograms _programs;
    private readonly ChildEnds _children;
    private readonly CgroupPlace _cgroup;
    private readonly RunPlace _runs;
    private readonly LaunchSpecs _specs;
    private readonly LostAttempts _lost;
    private readonly BootMark _boot;
    private readonly RunRemover _remover;

    public ProcessRunner(ProcessRunnerOptions options)
    {
        _options = options;
        _programs = new KeeperPrograms(options);
        _children = new ChildEnds(_reactor);
        _cgroup = new CgroupPlace(options.CgroupRoot, options.NoCgroupReason);
        _runs = new RunPlace(options);
        _specs = new LaunchSpecs(options, _runs);
        _boot = new BootMark(options.AttemptsDir);
        _lost = new LostAttempts(options, _specs, _programs, _children, _boot);
        _remover = new RunRemover(options, _specs, _programs, _children);
    }

    /// <inheritdoc/>
    public RunnerAbilities Abilities => _cgroup.Abilities;

    /// <inheritdoc/>
    public Task<string> DescribeSupervisorAsync(CancellationToken cancellation) =>
        new KeeperVersion(_options, _children).AskAsync(cancellation);

    /// <inheritdoc/>
    public Task<IAttempt> StartAsync(ClaimedJob claimed, CancellationToken cancellation)
    {
        var key = KeyOf(claimed.Job);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            _cgroup.Prepare();
            _runs.Prepare(claimed.Job);
            _boot.Write();
            var spec = _specs.ForStart(claimed, key);
            var directory = AttemptDirectory.Create(_options.AttemptsDir, key);
            var socket = Keep(directory, spec);
            var attempt = new KeptAttempt(claimed.Job, key, directory, _specs.RunDirectoryOf(claimed.Job), _reactor, _lost, _options.Time, _options.Warn);
            attempt.Attach(socket);
            return Task.FromResult<IAttempt>(attempt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"no keeper can be started: {e.Message}", e);
        }
    }

    private Fd Keep(AttemptDirectory directory, LaunchSpec spec)
    {
        try
        {
            var (keeper, socket) = _programs.Keep(directory, spec);
            _ = _children.EndOf(keeper);
            return socket;
        }
        catch (RunnerException)
        {
            // A launcher that does not answer in time may start the keeper yet. One that comes after this gives up.
            using var held = directory.TryLock();
            if (held is not null)
            {
                directory.WriteVoid();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IAttempt> AdoptAsync(Job job, CancellationToken cancellation)
    {
        var key = KeyOf(job);
        try
        {
            var directory = AttemptDirectory.OpenOrCreate(_options.AttemptsDir, key);
            var attempt = new KeptAttempt(job, key, directory, _specs.RunDirectoryOf(job), _reactor, _lost, _options.Time, _options.Warn);
            while (true)
            {
                if (directory.TryConnect() is { } socket)
                {
                    attempt.Attach(socket);
                    return attempt;
                }

                if (directory.TryLock() is { } held)
                {
                    attempt.Examine(held);
                    return attempt;
                }

                await Task.Delay(ConnectRetry, _options.Time, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"{_options.AttemptsDir} cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void ForgetAllBut(IReadOnlyCollection<AttemptKey> live)
    {
        try
        {
            AttemptDirectory.RemoveAllBut(_options.AttemptsDir, live);
            if (live.Count == 0)
            {
                // Nothing of an earlier boot is left to be found.
                _boot.Write();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"{_options.AttemptsDir} cannot be tidied: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public Task<RunRemoval> RemoveAsync(Job job, bool measureOnly, CancellationToken cancellation) =>
        _remover.RunAsync(job, measureOnly, cancellation);

    /// <summary>Lets go of all keepers; they and their jobs go on, unless a job is to end with its daemon.</summary>
    public ValueTask DisposeAsync()
    {
        _reactor.Dispose();
        _programs.Dispose();
        return ValueTask.CompletedTask;
    }

    private static AttemptKey KeyOf(Job job) =>
        job.Attempt?.Key ?? throw new ArgumentException($"job {job.Id} has no attempt", nameof(job));
}

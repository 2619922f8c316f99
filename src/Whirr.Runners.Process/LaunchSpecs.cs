using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux.Credentials;
using Whirr.Runs;

namespace Whirr.Runners.Process;

/// <summary>Tells keepers what to do.</summary>
internal sealed class LaunchSpecs(ProcessRunnerOptions options, RunPlace runs)
{
    /// <summary>What a keeper needs to run an attempt.</summary>
    /// <exception cref="RunnerException">The job cannot be put into words for the kernel.</exception>
    public LaunchSpec ForStart(ClaimedJob claimed, AttemptKey key)
    {
        var job = claimed.Job;
        var runDir = runs.DirectoryOf(job);
        IReadOnlyList<(string, string)> ours =
        [
            .. JobEnvironment.Identity(job, key.Number, runDir),
            ("WHIRR_SOCKET", options.SocketPath),
            ("WHIRR_CHECKPOINT_DIR", $"{runDir}/{RunFiles.Checkpoints}"),
            .. SystemMetrics(),
        ];
        var spec = Base(job, key, runDir) with
        {
            EndOnDaemonLoss = job.Settings.OnDaemonLoss == OnDaemonLoss.Kill,
            CgroupRoot = options.CgroupRoot,
            Nice = options.Nice,
            Limits = options.Limits,
            Arguments = NulEnded(job.Settings.CommandArgv),
            Environment = JobEnvironment.Compose(claimed.Environment.Span, ours, UserAccount.Find(job.Owner.Uid)),
            Config = Encoding.UTF8.GetBytes($"{job.Settings.ConfigJson}\n"),
            Meta = RunMeta.AtStart(job, Environment.MachineName, options.Time.GetUtcNow()),
        };
        return LaunchLimits.Apply(spec, job.Settings, options);
    }

    /// <summary>The run directory of a job, where it is not known from its start.</summary>
    public string RunDirectoryOf(Job job) => runs.DirectoryOf(job);

    /// <summary>What <c>whirr-keeper stamp</c> needs to record an end.</summary>
    public LaunchSpec ForStamp(Job job, AttemptKey key, byte[] patch) =>
        Base(job, key, job.Attempt?.RunDir ?? runs.DirectoryOf(job)) with { Meta = patch };

    /// <summary>What <c>whirr-keeper remove</c> needs to find the run directory of an ended job.</summary>
    public LaunchSpec ForRemoval(Job job)
    {
        var runDir = job.Attempt?.RunDir ?? runs.DirectoryOf(job);
        return Base(job, new AttemptKey(job.Id, job.Attempt?.Key.Number ?? 1, job.Attempt?.Key.LeaseEpoch ?? 0), runDir);
    }

    private LaunchSpec Base(Job job, AttemptKey key, string runDir) => new()
    {
        JobId = key.JobId,
        Attempt = key.Number,
        LeaseEpoch = key.LeaseEpoch,
        Workdir = job.Settings.Workdir,
        RunDir = runDir,
        Umask = job.Settings.Umask,
        PrivateRun = options.SystemMode && job.Settings.RunsDir is null,
        RunAs = options.SystemMode ? new RunIdentity(job.Owner.Uid, job.Owner.Gid, job.Owner.Groups) : null,
        KillGraceMilliseconds = (int)Math.Clamp(job.Settings.KillGracePeriod.TotalMilliseconds, 0, int.MaxValue),
        Arguments = default,
        Environment = default,
        Config = default,
        Meta = default,
    };

    /// <summary>Tells the Python package that it need not look at the machine itself.</summary>
    private IReadOnlyList<(string, string)> SystemMetrics() => options.SystemMetrics > TimeSpan.Zero ? [("WHIRR_SYSTEM_METRICS", "keeper")] : [];

    private static byte[] NulEnded(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Contains('\0'))
            {
                throw new RunnerException($"argument {i} of the command contains a NUL character, which no program can be given");
            }
        }

        return Encoding.UTF8.GetBytes(string.Concat(arguments.Select(argument => $"{argument}\0")));
    }
}

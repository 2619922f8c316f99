using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux.Credentials;
using Whirr.Linux.Processes;
using Whirr.Runners.Process;

namespace Whirr.Tests.Runners;

/// <summary>A place with real keepers, of its own; leaves nothing behind, and fails the test that tries to.</summary>
internal sealed class World : IAsyncDisposable
{
    private static int _lastWorld;

    private readonly List<ProcessRunner> _runners = [];
    private readonly List<AttemptWarning> _warnings = [];
    private readonly string _marker = $"WHIRR_TEST_WORLD={Environment.ProcessId}-{Interlocked.Increment(ref _lastWorld)}";
    private long _lastJob;

    public World(bool systemMode = false, string? cgroupRoot = null)
    {
        // Short, and open to all: jobs of other users have to get to it.
        Root = Directory.CreateTempSubdirectory("whirr-").FullName;
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
        Work = Directory.CreateDirectory($"{Root}/work").FullName;
        File.SetUnixFileMode(Work, (UnixFileMode)0b111_111_111);
        Program = $"{Root}/program";
        File.Copy(Programs.TestProgram, Program);
        Options = new ProcessRunnerOptions
        {
            KeeperPath = Programs.Keeper,
            AttemptsDir = $"{Root}/attempts",
            DefaultRunsDir = $"{Root}/runs",
            SocketPath = $"{Root}/whirrd.sock",
            SystemMode = systemMode,
            CgroupRoot = cgroupRoot,
            Warn = warning =>
            {
                lock (_warnings)
                {
                    _warnings.Add(warning);
                }
            },
        };
        Runner = NewDaemon();
    }

    public string Root { get; }

    /// <summary>A directory that everybody may write to; working directory of the jobs.</summary>
    public string Work { get; }

    /// <summary>Path of the test program.</summary>
    public string Program { get; }

    public ProcessRunnerOptions Options { get; set; }

    public ProcessRunner Runner { get; private set; }

    public IReadOnlyList<AttemptWarning> Warnings
    {
        get
        {
            lock (_warnings)
            {
                return [.. _warnings];
            }
        }
    }

    /// <summary>The daemon goes away and another one comes.</summary>
    public async Task RestartDaemonAsync()
    {
        await Runner.DisposeAsync();
        Runner = NewDaemon();
    }

    /// <summary>A job of the user of this test, not started.</summary>
    public Job NewJob(params string[] command) => NewJob(Owner(), command);

    public Job NewJob(JobOwner owner, params string[] command)
    {
        var id = ++_lastJob;
        return new Job
        {
            Id = id,
            Owner = owner,
            State = JobState.Starting,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Settings = new JobSettings
            {
                Uid = Guid.CreateVersion7(),
                Name = "test",
                CommandArgv = command,
                Workdir = Work,
                KillGracePeriod = TimeSpan.FromSeconds(10),
                OnLost = OnLost.Requeue,
                OnDaemonLoss = OnDaemonLoss.Keep,
                MaxAttempts = 3,
            },
            Attempt = new Attempt { Key = new AttemptKey(id, 1, 100 + id), Node = "here", ClaimedAt = TimeProvider.System.GetUtcNow() },
        };
    }

    /// <summary>The next attempt of a job.</summary>
    public static Job Again(Job job)
    {
        var last = job.Attempt!.Key;
        return job with { Attempt = job.Attempt with { Key = last with { Number = last.Number + 1, LeaseEpoch = last.LeaseEpoch + 1000 } } };
    }

    /// <summary>The user of this test.</summary>
    public static JobOwner Owner()
    {
        var user = UserCredentials.Current();
        return new JobOwner(user.Uid, user.Gid, user.Groups, Environment.UserName);
    }

    /// <summary>A user that nobody else is.</summary>
    public static JobOwner Somebody(uint uid) => new(uid, uid, [uid + 1, uid + 2], $"user{uid}");

    public Task<IAttempt> StartAsync(params string[] command) => StartAsync(NewJob(command));

    public Task<IAttempt> StartAsync(Job job, params string[] variables) => Runner.StartAsync(Claim(job, variables), CancellationToken.None);

    /// <summary>A job with the environment it was submitted with.</summary>
    public ClaimedJob Claim(Job job, params string[] variables) =>
        new(job, Encoding.UTF8.GetBytes(string.Concat(((string[])[_marker, "PATH=/usr/bin:/bin", .. variables]).Select(entry => $"{entry}\0"))));

    public string RunDirOf(Job job) => Options.SystemMode ? $"{Options.DefaultRunsDir}/{job.Owner.Uid}/{job.RunId}" : $"{Options.DefaultRunsDir}/{job.RunId}";

    public string LogOf(Job job) => File.ReadAllText($"{RunDirOf(job)}/output.log");

    public string AttemptDirOf(Job job) => $"{Options.AttemptsDir}/{job.Id}-{job.Attempt!.Key.Number}";

    public Whirr.KeeperContract.KeeperFacts FactsOf(Job job) =>
        Whirr.KeeperContract.KeeperFacts.Decode(File.ReadAllBytes($"{AttemptDirOf(job)}/keeper.json"));

    /// <summary>Waits until the log of a job has a text in it.</summary>
    public async Task<string> LogWithAsync(Job job, string text)
    {
        using var logs = new RunLogs(Options.SystemMode);
        using var log = logs.Open(job.Owner, RunDirOf(job))!;
        while (!LogOf(job).Contains(text, StringComparison.Ordinal))
        {
            await log.ChangedAsync(CancellationToken.None);
        }

        return LogOf(job);
    }

    /// <summary>The same for a job that may not have a log yet.</summary>
    public async Task<string> LogOnceStartedAsync(IAttempt attempt, Job job, string text)
    {
        await attempt.Started;
        return await LogWithAsync(job, text);
    }

    /// <summary>Waits until a file is there.</summary>
    public static async Task FileAsync(string path)
    {
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => made.TrySetResult();
        watcher.Renamed += (_, _) => made.TrySetResult();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(path))
        {
            await made.Task;
        }
    }

    /// <summary>The processes of this world that are alive: those that were started with its mark in their environment.</summary>
    public IReadOnlyList<ProcessStat> Processes() =>
        new ProcessHunt { Marks = [Encoding.UTF8.GetBytes($"{_marker}\0")] }.FindMembers();

    /// <summary>True for a living process that runs this world's copy of the test program.</summary>
    public bool IsOurProgram(ProcessStat process)
    {
        try
        {
            return !process.IsDead && new FileInfo($"/proc/{process.Pid}/exe").LinkTarget == Program;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is not ours to look at.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var left = new ProcessHunt { Marks = [Encoding.UTF8.GetBytes($"{_marker}\0")] };
        var found = left.FindMembers();
        left.Run();
        foreach (var runner in _runners)
        {
            await runner.DisposeAsync();
        }

        Directory.Delete(Root, recursive: true);
        Assert.Empty(found);
    }

    private ProcessRunner NewDaemon()
    {
        var runner = new ProcessRunner(Options);
        _runners.Add(runner);
        return runner;
    }
}

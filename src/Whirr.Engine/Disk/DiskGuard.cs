using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Disk;

/// <summary>Watches the disks of the daemon and of the runs while anything runs or waits, and puts new jobs off before a disk is full.</summary>
/// <remarks>A running job is never ended for it: first nothing new is started there, then logs give way. With room again all is as before, by
/// itself. Submits go on until the database itself finds no room.</remarks>
public sealed partial class DiskGuard : BackgroundService
{
    private const string Trouble = "disk ";
    private const int JobsAhead = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IJobStore _store;
    private readonly LiveAttempts _live;
    private readonly QueueHolds _holds;
    private readonly Troubles _troubles;
    private readonly IDiskSpace _disks;
    private readonly EngineOptions _options;
    private readonly Func<DiskSettings> _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<DiskGuard> _log;
    private readonly Wake _changed = new();
    private readonly Dictionary<ulong, DiskLevel> _levels = [];

    // A file system that hangs keeps its one question; no further thread is lost to it.
    private readonly Dictionary<string, Task<DiskSpace?>> _unanswered = [];

    public DiskGuard(
        IJobStore store,
        LiveAttempts live,
        QueueHolds holds,
        Troubles troubles,
        JobChanges changes,
        IDiskSpace disks,
        EngineOptions options,
        Func<DiskSettings> settings,
        TimeProvider time,
        ILogger<DiskGuard> log)
    {
        _store = store;
        _live = live;
        _holds = holds;
        _troubles = troubles;
        _disks = disks;
        _options = options;
        _settings = settings;
        _time = time;
        _log = log;
        changes.Any += _changed.Signal;
    }

    /// <summary>Looks once, before anything is started.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRunOnceAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks once.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var minFree = _settings().MinFreeBytes;
        var live = _live.Snapshot();
        var places = await FindPlacesAsync(live, stopping).ConfigureAwait(false);
        var disks = new Dictionary<string, DiskView>();
        foreach (var (path, user) in places)
        {
            if (await MeasureAsync(user, path, stopping).ConfigureAwait(false) is { } space)
            {
                disks[path] = new DiskView(path, space, DiskRules.Decide(space, minFree, _levels.GetValueOrDefault(space.FileSystem)));
            }
        }

        Tell(disks.Values, minFree);
        _holds.SetDisks(Full(disks, minFree));
        foreach (var attempt in live)
        {
            TellAttempt(attempt, disks.GetValueOrDefault(PathOf(attempt.Job.Settings))?.Level == DiskLevel.Low);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (_live.Any || _levels.Count > 0 || await AnyQueuedAsync(stoppingToken).ConfigureAwait(false))
            {
                await Task.Delay(Interval, _time, stoppingToken).ConfigureAwait(false);
            }
            else
            {
                await _changed.WaitAsync(stoppingToken).ConfigureAwait(false);
            }

            await TryRunOnceAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task TryRunOnceAsync(CancellationToken stopping)
    {
        try
        {
            await RunOnceAsync(stopping).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            LogStoreTrouble(e.Message);
        }
    }

    private async Task<bool> AnyQueuedAsync(CancellationToken stopping) =>
        (await _store.CountAsync(stopping).ConfigureAwait(false)).GetValueOrDefault(JobState.Queued) > 0;

    /// <summary>Where the daemon and the jobs that run or come next write, and with whose rights to look there.</summary>
    private async Task<Dictionary<string, JobOwner?>> FindPlacesAsync(IEnumerable<LiveAttempt> live, CancellationToken stopping)
    {
        var next = await AnyQueuedAsync(stopping).ConfigureAwait(false)
            ? await _store.ListAsync(new JobFilter { States = [JobState.Queued], Order = JobOrder.Queue, Limit = JobsAhead }, stopping).ConfigureAwait(false)
            : [];
        var places = new Dictionary<string, JobOwner?> { [_options.StateDir] = null, [_options.RunsDir] = null };
        foreach (var job in live.Select(attempt => attempt.Job).Concat(next))
        {
            places.TryAdd(PathOf(job.Settings), job.Owner);
        }

        // What is full now is looked at until it is not, whoever is next.
        foreach (var full in _holds.Disks.RunsDirs.Keys.Where(path => path.Length > 0))
        {
            if (next.FirstOrDefault(job => job.Settings.RunsDir == full) is { } waiting)
            {
                places.TryAdd(full, waiting.Owner);
            }
        }

        return places;
    }

    private async Task<DiskSpace?> MeasureAsync(JobOwner? user, string path, CancellationToken stopping)
    {
        var question = _unanswered.GetValueOrDefault(path) ?? _disks.MeasureAsync(user, path);
        try
        {
            var space = await question.WaitAsync(Patience, _time, stopping).ConfigureAwait(false);
            _unanswered.Remove(path);
            return space;
        }
        catch (TimeoutException)
        {
            if (_unanswered.TryAdd(path, question))
            {
                LogHangs(path);
            }

            return null;
        }
    }

    private FullDisks Full(Dictionary<string, DiskView> disks, long minFree)
    {
        var low = disks.Values.Where(disk => disk.Level == DiskLevel.Low).ToList();
        return low.Count == 0
            ? FullDisks.None
            : new FullDisks(
                low.Find(disk => disk.Path == _options.StateDir)?.Sentence(minFree),
                low.ToDictionary(disk => disk.Path == _options.RunsDir ? "" : disk.Path, disk => disk.Sentence(minFree)));
    }

    /// <summary>One trouble a disk, however many directories are on it.</summary>
    private void Tell(IEnumerable<DiskView> disks, long minFree)
    {
        var seen = new Dictionary<ulong, DiskView>();
        foreach (var disk in disks)
        {
            seen.TryAdd(disk.Space.FileSystem, disk);
        }

        foreach (var gone in _levels.Keys.Where(disk => !seen.ContainsKey(disk)).ToList())
        {
            _levels.Remove(gone);
            _troubles.Set(Trouble + gone, null);
        }

        foreach (var (id, disk) in seen)
        {
            var before = _levels.GetValueOrDefault(id);
            _troubles.Set(Trouble + id, disk.Level == DiskLevel.Enough ? null : disk.Sentence(minFree));
            if (disk.Level == DiskLevel.Enough)
            {
                _levels.Remove(id);
            }
            else
            {
                _levels[id] = disk.Level;
            }

            if (disk.Level != before)
            {
                LogLevelChanged(disk.Level, disk);
            }
        }
    }

    private void LogLevelChanged(DiskLevel level, DiskView disk)
    {
        switch (level)
        {
            case DiskLevel.Low:
                LogLow(disk.Sentence(_settings().MinFreeBytes));
                break;
            case DiskLevel.Warn:
                LogWarn(disk.Sentence(_settings().MinFreeBytes));
                break;
            default:
                LogEnough(disk.Path, disk.Space.FreeBytes >> 20);
                break;
        }
    }

    private static void TellAttempt(LiveAttempt attempt, bool isLow)
    {
        if (attempt.Attempt is { } supervised && attempt.IsLowOnSpace != isLow)
        {
            attempt.IsLowOnSpace = isLow;
            supervised.SetLowSpace(isLow);
        }
    }

    private string PathOf(JobSettings settings) => settings.RunsDir ?? _options.RunsDir;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Sentence}")]
    private partial void LogLow(string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    private partial void LogWarn(string sentence);

    [LoggerMessage(Level = LogLevel.Information, Message = "the disk of {Path} has room again: {MiB} MiB")]
    private partial void LogEnough(string path, long miB);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the file system of {Path} does not say how much room it has; jobs are started there all the same")]
    private partial void LogHangs(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the disks could not be looked at, because the queue cannot be read; trying again in a moment: {Why}")]
    private partial void LogStoreTrouble(string why);

    private sealed record DiskView(string Path, DiskSpace Space, DiskLevel Level)
    {
        public string Sentence(long minFree)
        {
            var (free, must) = (Space.FreeBytes >> 20, DiskRules.Threshold(minFree, Space.TotalBytes) >> 20);
            return Level == DiskLevel.Low
                ? $"the disk of {Path} has {free} MiB free, less than the {must} MiB that must stay free (min_free_space): "
                    + "no job is started that writes there, and logs of running jobs give way; free some space"
                : $"the disk of {Path} has {free} MiB free; below {must} MiB (min_free_space) no job is started that writes there";
        }
    }
}

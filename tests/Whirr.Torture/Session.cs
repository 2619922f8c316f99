using System.Diagnostics;
using Whirr.Linux.Processes;
using Whirr.Torture.Checks;
using Whirr.Torture.Faults;
using Whirr.Torture.Load;
using Whirr.Torture.Places;

namespace Whirr.Torture;

/// <summary>Step after step of load, trouble and death, a look from the outside after each, and a strict one at the end.</summary>
internal sealed class Session(Workplace place, DaemonUnderTest daemon, DaemonClient client, Clock clock, TimeSpan duration, CancellationToken stop)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(15);

    private readonly Deeds _deeds = new();
    private OutsideView? _view;
    private JobLoad? _load;

    public Deeds Deeds => _deeds;

    public Findings Findings => _view!.Findings;

    public Records Records => _view!.Records;

    /// <summary>Runs until the time is over or something is wrong.</summary>
    public async Task RunAsync()
    {
        _load = new JobLoad(client, _deeds, canHide: place.Cgroup is not null);
        _view = new OutsideView(place, _load, _deeds);
        var scene = new Scene(place, daemon, clock, new Disk(place), _deeds, _view.Findings);
        var began = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        for (var step = 1; began.Elapsed < duration && Findings.Found.Count == 0 && !stop.IsCancellationRequested; step++)
        {
            await StepAsync(scene, new Dice(place.Options.Seed, step));
            _view.Look();
            if (began.Elapsed - reported > ReportEvery)
            {
                reported = began.Elapsed;
                Console.WriteLine(
                    $"{began.Elapsed:mm\\:ss} step {step}: {_deeds.DaemonKills} daemon kills, {_deeds.KeeperKills} keeper kills, {Records.Jobs.Count} jobs, "
                    + $"{Records.Attempts.Sum(attempts => attempts.Count())} attempts, {Findings.Found.Count} findings");
            }
        }

        if (Findings.Found.Count == 0)
        {
            await EndAsync(scene);
        }
    }

    private async Task StepAsync(Scene scene, Dice dice)
    {
        var death = Decks.DrawDeath(dice);
        if (!daemon.IsAlive)
        {
            await StartAsync(death.FaultPoint);
        }

        _load!.Begin(dice);
        var trouble = Decks.DrawTrouble(dice);
        await trouble.BeginAsync(scene, dice);
        await death.DieAsync(scene, dice);
        await trouble.EndAsync(scene);
        if (!daemon.IsAlive)
        {
            await Decks.DrawSurgery(dice).OperateAsync(scene, dice);
        }
    }

    /// <summary>Without trouble around it, it must start.</summary>
    private async Task StartAsync(string? faultPoint = null)
    {
        var began = Stopwatch.GetTimestamp();
        if (!await daemon.StartAsync(faultPoint) && faultPoint is null)
        {
            Findings.Look(Invariant.Lost, $"whirrd does not start again, exit code {daemon.ExitCode}:\n{daemon.Log}");
        }

        _deeds.Count("start of whirrd");
        _deeds.Started(Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Lets everything end, stops the daemon, and looks for what is left.</summary>
    private async Task EndAsync(Scene scene)
    {
        clock.Set(TimeSpan.Zero);
        foreach (var keeper in Keepers.Find(place))
        {
            _ = ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Continue);
        }

        if (!daemon.IsAlive)
        {
            await StartAsync();
        }

        await _load!.AnsweredAsync();
        _load.CancelEndless();
        await _load.AnsweredAsync();
        await UntilAsync(() => Records.Read(place.Database).Jobs.All(job => Domain.Jobs.JobStates.IsEnded(job.State)));
        await UntilAsync(() => !Leftovers().Any(leftover => leftover.StartsWith("keeper", StringComparison.Ordinal)));
        await DamagedLog.TryAsync(scene, new Dice(place.Options.Seed, 0));
        await StartAsync();
        daemon.Send(Signal.Terminate);
        await daemon.EndedAsync();
        _view!.LookAtEnd([.. Leftovers()]);
    }

    private IEnumerable<string> Leftovers()
    {
        foreach (var process in ProcessTrees.Find(place).Where(process => process.Pid != daemon.Pid))
        {
            yield return $"{(process.IsKeeper ? "keeper" : "process")} {process.Pid}: {process.CommandLine}";
        }

        if (daemon.IsAlive)
        {
            yield break;
        }

        foreach (var directory in Directory.EnumerateDirectories(place.Attempts))
        {
            yield return $"attempt directory {directory}: {string.Join(' ', Directory.EnumerateFiles(directory).Select(Path.GetFileName))}";
        }

        if (place.Cgroup is { } cgroup && Directory.Exists(cgroup))
        {
            yield return $"cgroup {cgroup}: {string.Join(' ', Directory.EnumerateDirectories(cgroup).Select(Path.GetFileName))}";
        }
    }

    /// <summary>Waits for a fact; when it does not come in time, the checks say what is missing.</summary>
    private static async Task UntilAsync(Func<bool> fact)
    {
        var began = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Look);
        while (!fact() && began.Elapsed < EndLimit)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}

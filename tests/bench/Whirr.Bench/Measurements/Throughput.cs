using System.Diagnostics;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>Many jobs that do nothing, from the submit until the last has ended and its end is on disk.</summary>
internal sealed class Throughput : IMeasurement
{
    private const double LimitAtFourSlots = 200;
    private const int WarmUp = 50;
    private const string Nothing = "/bin/true";
    private static readonly int[] Slots = [2, 4];

    public string What => "jobs to the end";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var bare = new Dictionary<int, List<double>> { [1] = [], [2] = [] };
        var rates = Slots.ToDictionary(slots => slots, _ => new Rates());
        for (var round = 0; round < workplace.Effort.Rounds; round++)
        {
            foreach (var slots in Slots)
            {
                await MeasureAsync(workplace, slots, rates[slots]);
            }

            foreach (var (atOnce, values) in bare)
            {
                values.Add(workplace.Effort.Jobs / await workplace.SecondsAsync("spawn-loop", $"{workplace.Effort.Jobs}", $"{atOnce}", Nothing));
            }
        }

        return [.. Slots.SelectMany(slots => Findings(workplace.Effort.Jobs, slots, rates[slots], new Sample(bare[1]), new Sample(bare[2])))];
    }

    private static async Task MeasureAsync(Workplace workplace, int slots, Rates rates)
    {
        var jobs = workplace.Effort.Jobs;
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots);
        await RunJobsAsync(workplace, daemon, WarmUp);
        var before = ProcessFacts.CpuSeconds(daemon.Pid);
        rates.Whirr.Add(jobs / (await RunJobsAsync(workplace, daemon, jobs)).TotalSeconds);
        var after = ProcessFacts.CpuSeconds(daemon.Pid);
        rates.DaemonCpuMs.Add((after.Own - before.Own) * 1000 / jobs);
        rates.KeeperCpuMs.Add((after.Children - before.Children) * 1000 / jobs);

        await using var spooler = await TaskSpooler.StartAsync(workplace, slots);
        await spooler.RunJobsAsync(WarmUp, slots, Nothing);
        var watch = Stopwatch.StartNew();
        await spooler.RunJobsAsync(jobs, slots, Nothing);
        rates.Spooler.Add(jobs / watch.Elapsed.TotalSeconds);
    }

    private static async Task<TimeSpan> RunJobsAsync(Workplace workplace, PrivateDaemon daemon, int count)
    {
        var list = workplace.NewPath(".jobs");
        await File.WriteAllLinesAsync(list, Enumerable.Repeat(Nothing, count), workplace.Stop);
        var watch = Stopwatch.StartNew();

        // With --json it does not tell of each job.
        await workplace.RunAsync(workplace.Whirrctl, ["submit", "--socket", daemon.Socket, "--from", list, "--wait", "--json"]);
        return watch.Elapsed;
    }

    private static IEnumerable<Finding> Findings(int jobs, int slots, Rates rates, Sample bareOne, Sample bareTwo)
    {
        var ours = new Sample(rates.Whirr);
        yield return new Finding($"{jobs:N0} jobs of {Nothing} to the end, {slots} slots", ours.P50, "jobs/s")
        {
            Against = new Peer($"tsp -S {slots}", new Sample(rates.Spooler).P50),
            MustReach = slots == 4 ? Target.AtLeast(ours.P50, LimitAtFourSlots, "jobs/s") : null,
            Sample = ours,
        };
        if (slots == Slots[0])
        {
            yield return new Finding("the same", ours.P50, "jobs/s") { Against = new Peer("bare posix_spawn, 1 at a time", bareOne.P50) };
            yield return new Finding("the same", ours.P50, "jobs/s") { Against = new Peer("bare posix_spawn, 2 at a time", bareTwo.P50) };
        }

        var spawnMs = 1000 / bareOne.P50;
        yield return new Finding($"CPU of whirrd per job, {slots} slots", new Sample(rates.DaemonCpuMs).P50, "ms")
        {
            Against = new Peer("a bare posix_spawn, elapsed", spawnMs),
        };
        yield return new Finding($"CPU of keeper, start and job per job, {slots} slots", new Sample(rates.KeeperCpuMs).P50, "ms")
        {
            Against = new Peer("a bare posix_spawn, elapsed", spawnMs),
        };
    }

    /// <summary>What the rounds of one number of slots gave: jobs a second, and milliseconds of CPU per job.</summary>
    private sealed class Rates
    {
        public List<double> Whirr { get; } = [];
        public List<double> Spooler { get; } = [];
        public List<double> DaemonCpuMs { get; } = [];
        public List<double> KeeperCpuMs { get; } = [];
    }
}

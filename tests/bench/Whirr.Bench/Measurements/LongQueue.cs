using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Whirr.Protocol.V1;
using Runs = Whirr.Bench.Places.Runs;

namespace Whirr.Bench.Measurements;

/// <summary>What 100,000 queued jobs do to the commands of a user and to the memory of the daemon. Two daemons, one of them empty.</summary>
internal sealed class LongQueue : IMeasurement
{
    private const int Length = 100_000;
    private const double RatioLimit = 1.5;
    private const double GrowthLimitMiB = 60;
    private const int WarmUp = 200;

    // Ids below this are the ones of the warm-up; {} is the number of the round, so each cancel meets a job that is still queued.
    private static readonly string[][] Commands = [["submit", "--", "/bin/true"], ["status"], ["status", "{}"], ["cancel", "{}"]];
    private static readonly string[] Names = ["submit", "status (first page)", "status ID", "cancel ID"];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public string What => "a queue of 100,000 jobs";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var empty = await PrivateDaemon.StartAsync(workplace, slots: 0);
        await using var full = await PrivateDaemon.StartAsync(workplace, slots: 0);
        await WarmUpAsync(workplace, empty);
        await WarmUpAsync(workplace, full);
        await workplace.PassAsync(Settling);
        var before = ProcessFacts.MemoryMiB(full.Pid).Rss;
        await FillAsync(workplace, full);
        await workplace.PassAsync(Settling);

        string[][] commands = [.. Commands.SelectMany(command => new[] { On(empty, command), On(full, command) })];
        var samples = await Runs.ToExitAsync(workplace, workplace.Effort.LongQueueRuns, TimeSpan.Zero, null, commands);
        var growth = ProcessFacts.MemoryMiB(full.Pid).Rss - before;
        return
        [
            .. Names.Select((name, index) => Describe(name, samples[2 * index], samples[(2 * index) + 1])),
            new Finding($"RSS of whirrd with {Length:N0} queued, growth", growth, "MiB")
            {
                Against = new Peer("before", before),
                MustReach = Target.AtMost(growth, GrowthLimitMiB, "MiB"),
            },
        ];

        string[] On(PrivateDaemon daemon, string[] command) => [workplace.Whirrctl, command[0], "--socket", daemon.Socket, .. command[1..]];
    }

    private static Finding Describe(string name, Sample empty, Sample full) =>
        new($"`whirrctl {name}` with {Length:N0} queued, p50", full.P50, "ms")
        {
            Against = new Peer("nearly empty queue", empty.P50),
            MustReach = Target.AtMost(full.P50 / empty.P50, RatioLimit, "times"),
            Sample = full,
        };

    /// <summary>Some jobs, and a look at them, on either: what is compared is the length of the queue alone.</summary>
    private static async Task WarmUpAsync(Workplace workplace, PrivateDaemon daemon)
    {
        using var client = new DaemonClient(daemon.Socket);
        await client.SubmitManyAsync(WarmUp, workplace.Stop);
        await workplace.RunAsync(workplace.Whirrctl, ["status", "--socket", daemon.Socket]);
    }

    private static async Task FillAsync(Workplace workplace, PrivateDaemon daemon)
    {
        using var client = new DaemonClient(daemon.Socket);
        JobSpec[] jobs = [.. Enumerable.Range(0, Length - WarmUp).Select(_ => TypicalJob.Spec())];
        await client.SubmitBatchAsync(jobs, workplace.Stop);
    }
}

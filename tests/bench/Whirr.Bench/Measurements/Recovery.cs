using System.Diagnostics;
using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>How long the queue stands still when the daemon was killed: from its start again until the first job runs.</summary>
internal sealed class Recovery : IMeasurement
{
    private const int Queued = 10_000;
    private const double LimitMs = 1_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    public string What => "recovery after kill -9 with 10,000 jobs queued";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var milliseconds = new List<double>();
        for (var round = 0; round < workplace.Effort.Recoveries; round++)
        {
            milliseconds.Add(await RecoverAsync(workplace));
        }

        var sample = new Sample(milliseconds);
        return
        [
            new Finding($"start of whirrd after kill -9 to the first job that runs, {Queued:N0} queued, p50", sample.P50, "ms")
            {
                MustReach = Target.AtMost(sample.P50, LimitMs, "ms"),
                Sample = sample,
            },
        ];
    }

    private static async Task<double> RecoverAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 0);
        var first = workplace.NewPath(".first");
        using (var client = new DaemonClient(daemon.Socket))
        {
            await client.SubmitBatchAsync([.. Enumerable.Range(0, Queued).Select(_ => TypicalJob.Spec("/bin/sh", "-c", $"echo >{first}; exec sleep 1000"))], workplace.Stop);
        }

        await daemon.KillAsync();
        var began = Stopwatch.GetTimestamp();
        await daemon.StartAgainAsync(workplace, slots: 1);
        using var timer = new PeriodicTimer(Look);
        while (!File.Exists(first))
        {
            await timer.WaitForNextTickAsync(workplace.Stop);
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}

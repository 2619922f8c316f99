using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Runs = Whirr.Bench.Places.Runs;

namespace Whirr.Bench.Measurements;

/// <summary>How fast metrics are read on one core, as a whole process: what it takes to plot a file that nothing is known of, beside counting its
/// lines.</summary>
internal sealed class ReaderThroughput : IMeasurement
{
    private const int Rows = 1_000_000;
    private const int Rounds = 5;
    private const double LeastMegabytes = 300;
    private const double BytesPerMegabyte = 1e6;

    public string What => "reading metrics on one core";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var run = TypicalRun.Write(workplace.NewPath(".run"), 0, Rows);
        var file = Path.Combine(run, "metrics.jsonl");
        var megabytes = new FileInfo(file).Length / BytesPerMegabyte;

        // A place that cannot be made: nothing is kept from one time to the next.
        var environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = "/dev/null/none" };
        string[][] commands = [OnOneCore(workplace.Whirrctl, "plot", run, "-m", "loss"), OnOneCore("wc", "-l", file)];
        await Runs.ToExitAsync(workplace, rounds: 1, TimeSpan.Zero, environment, commands);
        var samples = await Runs.ToExitAsync(workplace, Rounds * workplace.Effort.Rounds, TimeSpan.Zero, environment, commands);
        Directory.Delete(run, recursive: true);

        // Others on the machine can only slow either.
        var (reader, lines) = (Rate(samples[0].Min), Rate(samples[1].Min));
        return
        [
            new Finding($"reading metrics.jsonl on one core ({megabytes:0} MB, whole process), fastest", reader, "MB/s")
            {
                Against = new Peer("wc -l", lines),
                MustReach = Target.AtLeast(reader, LeastMegabytes, "MB/s"),
            },
        ];

        double Rate(double milliseconds) => megabytes / milliseconds * 1000;
    }

    // The last core: the first has most interrupts.
    private static string[] OnOneCore(params string[] command) => ["taskset", "-c", $"{Environment.ProcessorCount - 1}", .. command];
}

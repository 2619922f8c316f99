using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Runs = Whirr.Bench.Places.Runs;

namespace Whirr.Bench.Measurements;

/// <summary>How long it takes to plot a metric of ten million rows, the first time and, after more rows were added, the second time.</summary>
internal sealed class PlotTenMillion : IMeasurement
{
    private const int Added = 10_000;
    private const int Rounds = 3;
    private const double FirstLimitMilliseconds = 2_000;
    private const double SecondLimitMilliseconds = 200;
    private const int Seed = 1;

    public string What => "a plot of ten million rows";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var rows = workplace.Effort.LargeRows;
        var run = workplace.NewPath(".run");
        SlimRows.Write(run, rows);
        var file = Path.Combine(run, "metrics.jsonl");
        string[] plot = [workplace.Whirrctl, "plot", run, "-m", "loss"];
        List<double> first = [], second = [], read = [];
        for (var round = 0; round < Rounds * workplace.Effort.Rounds; round++)
        {
            var cache = workplace.NewPath(".cache");
            var environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache };
            read.Add((await Runs.ToExitAsync(workplace, 1, TimeSpan.Zero, environment, ["wc", "-l", file]))[0].P50);
            first.Add((await Runs.ToExitAsync(workplace, 1, TimeSpan.Zero, environment, plot))[0].P50);
            SlimRows.Add(run, rows + (round * Added), Added, new Random(Seed));
            second.Add((await Runs.ToExitAsync(workplace, 1, TimeSpan.Zero, environment, plot))[0].P50);
            Directory.Delete(cache, recursive: true);
        }

        Directory.Delete(run, recursive: true);
        var (opened, again, counted) = (new Sample(first), new Sample(second), new Sample(read));
        return
        [
            new Finding($"`whirrctl plot` of {rows:N0} rows, the first time, p50", opened.P50, "ms")
            {
                Against = new Peer("wc -l", counted.P50),
                MustReach = Target.AtMost(opened.P50, FirstLimitMilliseconds, "ms"),
                Sample = opened,
            },
            new Finding($"the same with {Added:N0} rows more, the second time, p50", again.P50, "ms")
            {
                Against = new Peer("the first time", opened.P50),
                MustReach = Target.AtMost(again.P50, SecondLimitMilliseconds, "ms"),
                Sample = again,
            },
        ];
    }
}

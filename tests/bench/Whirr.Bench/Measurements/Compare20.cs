using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Runs = Whirr.Bench.Places.Runs;

namespace Whirr.Bench.Measurements;

/// <summary>How long a user waits for a comparison of 20 runs of 1,000 rows, among 1,000 runs, beside Python reading the same rows.</summary>
internal sealed class Compare20 : IMeasurement
{
    private const int Compared = 20;
    private const int Count = 1_000;
    private const int Rows = 1_000;
    private const double LimitMilliseconds = 150;

    private const string Script =
        """
        import json, sys
        for path in sys.argv[1:]:
            with open(path + "/metrics.jsonl") as rows:
                values = [json.loads(row)["loss"] for row in rows]
            print(path, values[-1], min(values))
        """;

    public string What => "a comparison of 20 runs";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 1);
        var runs = TypicalRun.WriteMany(daemon.RunsDir, Compared, Rows);
        _ = Enumerable.Range(Compared, Count - Compared).Select(number => TypicalRun.Write(Path.Combine(daemon.RunsDir, TypicalRun.Id(number)), number, 1)).Count();
        string[][] commands =
        [
            [workplace.Whirrctl, "compare", "--socket", daemon.Socket, .. runs.Select(run => Path.GetFileName(run))],
            [workplace.Whirrctl, "compare", "--socket", daemon.Socket, .. runs],
            ["/usr/bin/python3", "-c", Script, .. runs],
        ];
        await Runs.ToExitAsync(workplace, rounds: 5, TimeSpan.Zero, null, commands);
        var samples = await Runs.ToExitAsync(workplace, workplace.Effort.Looks, TimeSpan.Zero, null, commands);
        var python = new Peer("python3 and json, one metric", samples[2].P50);
        return
        [
            Describe("by id", samples[0]) with { Against = python },
            Describe("by path", samples[1]) with { Against = python },
        ];
    }

    private static Finding Describe(string how, Sample sample) => new($"`whirrctl compare` of {Compared} runs {how}, {Rows:N0} rows each, whole process, p50", sample.P50, "ms")
    {
        MustReach = Target.AtMost(sample.P50, LimitMilliseconds, "ms"),
        Sample = sample,
    };
}

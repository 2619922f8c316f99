using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Runs = Whirr.Bench.Places.Runs;

namespace Whirr.Bench.Measurements;

/// <summary>How long a user waits for the list of runs, with 1,000 runs of 1,000 rows: each time the daemon looks at all of their files.</summary>
internal sealed class RunsList : IMeasurement
{
    private const int Count = 1_000;
    private const int Rows = 1_000;
    private const double LimitMilliseconds = 60;

    public string What => "the list of 1,000 runs";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 1);
        TypicalRun.WriteMany(daemon.RunsDir, Count, Rows);
        string[][] commands =
        [
            On("runs"),
            On("runs", "--where", "config.lr < 0.5 and summary.acc > 0.5", "--sort", "-summary.acc"),
            On("status"),
            ["find", daemon.RunsDir, "-maxdepth", "2", "-name", "*.json", "-printf", "%T@ %s %i\\n"],
        ];
        await Runs.ToExitAsync(workplace, rounds: 20, TimeSpan.Zero, null, commands);
        var samples = await Runs.ToExitAsync(workplace, workplace.Effort.Looks, TimeSpan.Zero, null, commands);
        var (status, find) = (samples[2], samples[3]);
        return
        [
            Describe("`whirrctl runs`", samples[0]) with { Against = new Peer("find with the same files", find.P50) },
            Describe("`whirrctl runs --where ... --sort ...`", samples[1]) with { Against = new Peer("`whirrctl status`", status.P50) },
        ];

        string[] On(params string[] words) => [workplace.Whirrctl, words[0], "--socket", daemon.Socket, .. words[1..]];
    }

    private static Finding Describe(string command, Sample sample) => new($"{command} with {Count:N0} runs, whole process, p50", sample.P50, "ms")
    {
        MustReach = Target.AtMost(sample.P50, LimitMilliseconds, "ms"),
        Sample = sample,
    };
}

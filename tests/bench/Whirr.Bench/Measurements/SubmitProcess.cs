using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>How long a user waits for the shell prompt after a submit: the whole process, from before it is spawned until it is reaped.</summary>
internal sealed class SubmitProcess : IMeasurement
{
    private const double RatioLimit = 13;

    // The job that was submitted runs and ends meanwhile, so that only the submit is in the figure.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public string What => "submit as a whole process";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 2);
        await using var spooler = await TaskSpooler.StartAsync(workplace, slots: 2);
        string[][] commands = [[workplace.Whirrctl, "submit", "--socket", daemon.Socket, "--", "/bin/true"], ["tsp", "/bin/true"], ["/bin/true"]];
        await Runs.ToExitAsync(workplace, rounds: 20, Pause, spooler.Environment, commands);
        var samples = await Runs.ToExitAsync(workplace, workplace.Effort.ProcessRuns, Pause, spooler.Environment, commands);
        var (ours, tsp, bare) = (samples[0], samples[1], samples[2]);
        return
        [
            new Finding("`whirrctl submit -- /bin/true`, whole process, p50", ours.P50, "ms")
            {
                Against = new Peer("/bin/true itself", bare.P50),
                MustReach = Target.AtMost(ours.P50 / bare.P50, RatioLimit, "times /bin/true (8 ms where it takes 0.6)"),
                Sample = ours,
            },
            new Finding("the same, p50", ours.P50, "ms") { Against = new Peer("tsp", tsp.P50) },
            new Finding("the same, fastest", ours.Min, "ms") { Against = new Peer("tsp, fastest", tsp.Min) },
        ];
    }
}

using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Whirr.Protocol.V1;

namespace Whirr.Bench.Measurements;

/// <summary>What a bound on the log costs a job that writes as fast as it can: <c>yes</c> with a limit against <c>yes</c> without.</summary>
internal sealed class LogCap : IMeasurement
{
    private const ulong Limit = 64 << 20;
    private const double LeastShare = 0.95;
    private const double Megabyte = 1_000_000;
    private const int PairsPerRound = 3;
    private const string Seconds = "2";

    public string What => "the log of a job that writes as fast as it can, with a limit and without";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 1);
        using var client = new DaemonClient(daemon.Socket);
        List<double> free = [], limited = [];
        for (var pair = 0; pair < PairsPerRound * workplace.Effort.Rounds; pair++)
        {
            free.Add(await WriteAsync(workplace, client, 0));
            limited.Add(await WriteAsync(workplace, client, Limit));
        }

        // Whatever else the disk does can only slow either: the fastest of each says what the job could do.
        var (sample, against) = (new Sample(limited), new Sample(free));
        return
        [
            new Finding("`yes` into a log with a limit of 64 MiB, fastest", sample.Max, "MB/s")
            {
                Against = new Peer("no limit", against.Max),
                MustReach = Target.AtLeast(sample.Max, LeastShare * against.Max, "MB/s"),
                Sample = sample,
            },
        ];
    }

    /// <summary>Megabytes a second.</summary>
    private static async Task<double> WriteAsync(Workplace workplace, DaemonClient client, ulong limit)
    {
        var spec = TypicalJob.Spec("timeout", Seconds, "yes");
        spec.Limits = new JobLimits { LogBytes = limit };
        var id = await client.SubmitAsync(spec, workplace.Stop);
        await client.WaitAsync(id, workplace.Stop);
        var log = Path.Combine((await client.GetAsync(id, workplace.Stop)).RunDir, "output.log");
        var bytes = new FileInfo(log).Length;
        File.Delete(log);
        return bytes / Megabyte / double.Parse(Seconds);
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>How long a job waits when there is room for it: from the submit to the first instruction of its program.</summary>
internal sealed class StartLatency : IMeasurement
{
    private const double P50LimitMs = 15;
    private const double P99LimitMs = 50;
    private const int WarmUp = 20;

    // The job before has ended and everything about it is on disk.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string What => "submit to first instruction";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 2);
        await using var spooler = await TaskSpooler.StartAsync(workplace, slots: 2);
        var pipe = await workplace.NewPipeAsync();
        string[] job = [workplace.Tool("first-instruction"), pipe];
        string[][] commands = [[workplace.Whirrctl, "submit", "--socket", daemon.Socket, "--", .. job], ["tsp", .. job], job];
        await Runs.ToFirstInstructionAsync(workplace, WarmUp, Pause, pipe, spooler.Environment, commands);
        var samples = await Runs.ToFirstInstructionAsync(workplace, workplace.Effort.Starts, Pause, pipe, spooler.Environment, commands);
        var (ours, tsp, bare) = (samples[0], samples[1], samples[2]);
        var fromCall = await FromCallAsync(workplace, daemon, pipe, job);
        return
        [
            new Finding("from before whirrctl is spawned to the job's first instruction, p50", ours.P50, "ms")
            {
                Against = new Peer("tsp", tsp.P50),
                MustReach = Target.AtMost(ours.P50, P50LimitMs, "ms"),
                Sample = ours,
            },
            new Finding("the same, p95", ours.P95, "ms") { Against = new Peer("tsp", tsp.P95) },
            new Finding("the same, p99", ours.P99, "ms")
            {
                Against = new Peer("tsp", tsp.P99),
                MustReach = Target.AtMost(ours.P99, P99LimitMs, "ms"),
            },
            new Finding("from the Submit call to the job's first instruction, p50", fromCall.P50, "ms")
            {
                Against = new Peer("bare posix_spawn", bare.P50),
                Sample = fromCall,
            },
            new Finding("the same, p95", fromCall.P95, "ms") { Against = new Peer("bare posix_spawn", bare.P95) },
            new Finding("the same, p99", fromCall.P99, "ms") { Against = new Peer("bare posix_spawn", bare.P99) },
        ];
    }

    /// <summary>The daemon's part alone: no process is started for the submit, the connection is open.</summary>
    private static async Task<Sample> FromCallAsync(Workplace workplace, PrivateDaemon daemon, string pipe, string[] job)
    {
        using var client = new DaemonClient(daemon.Socket);

        // Open for writing too, so that it does not end between two jobs.
        await using var clock = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var latencies = new List<double>();
        for (var count = 0; count < WarmUp + workplace.Effort.Starts; count++)
        {
            var began = Stopwatch.GetTimestamp();
            await client.SubmitAsync(TypicalJob.Spec(job), workplace.Stop);
            var started = await Task.Run(() => ReadClock(clock), workplace.Stop).WaitAsync(Patience, workplace.Stop);
            if (count >= WarmUp)
            {
                latencies.Add((started - began) / (Stopwatch.Frequency / 1000.0));
            }

            await workplace.PassAsync(Pause);
        }

        return new Sample(latencies);
    }

    private static long ReadClock(FileStream pipe)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        pipe.ReadExactly(bytes);
        return MemoryMarshal.Read<long>(bytes);
    }
}

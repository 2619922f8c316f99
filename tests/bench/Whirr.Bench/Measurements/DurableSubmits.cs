using System.Diagnostics;
using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Whirr.Protocol.V1;

namespace Whirr.Bench.Measurements;

/// <summary>Submits a second, each on disk before it is answered, held against what the disk can do. Nothing runs meanwhile.</summary>
/// <remarks>The clients share the machine with the daemon: their work is in the figures.</remarks>
internal sealed class DurableSubmits : IMeasurement
{
    private const int Connections = 16;
    private const double LimitOfConnections = 3_000;
    private const double LimitOfBatch = 20_000;
    private const int WarmUp = 200;

    public string What => "durable submits";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var effort = workplace.Effort;
        var syncs = new List<double>();
        var single = new List<double>();
        var many = new List<double>();
        var batches = effort.Batches.ToDictionary(size => size, _ => new List<double>());

        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 0);
        DaemonClient[] clients = [.. Enumerable.Range(0, Connections).Select(_ => new DaemonClient(daemon.Socket))];
        try
        {
            await Task.WhenAll(clients.Select(client => client.SubmitManyAsync(WarmUp, workplace.Stop)));
            for (var round = 0; round < effort.Rounds; round++)
            {
                syncs.Add(effort.Syncs / await workplace.SecondsAsync("sync-loop", workplace.NewPath(".sync"), $"{effort.Syncs}"));
                single.Add(await RateAsync(effort.SingleSubmits, () => clients[0].SubmitManyAsync(effort.SingleSubmits, workplace.Stop)));
                many.Add(await RateAsync(
                    Connections * effort.SubmitsPerConnection,
                    () => Task.WhenAll(clients.Select(client => Task.Run(() => client.SubmitManyAsync(effort.SubmitsPerConnection, workplace.Stop))))));
                foreach (var (size, rates) in batches)
                {
                    JobSpec[] jobs = [.. Enumerable.Range(0, size).Select(_ => TypicalJob.Spec())];
                    rates.Add(await RateAsync(size, () => clients[0].SubmitBatchAsync(jobs, workplace.Stop)));
                }
            }
        }
        finally
        {
            Array.ForEach(clients, client => client.Dispose());
        }

        var disk = new Peer("fdatasync of 4 KiB", new Sample(syncs).P50);
        return
        [
            Describe("durable submits, 1 connection, one after the other", single, disk, null),
            Describe($"durable submits, {Connections} connections", many, disk, LimitOfConnections),
            .. batches.Select(batch => Describe($"durable submits, one batch of {batch.Key:N0}", batch.Value, disk, LimitOfBatch)),
        ];
    }

    private static Finding Describe(string what, List<double> rates, Peer disk, double? limit)
    {
        var sample = new Sample(rates);
        return new Finding(what, sample.P50, "/s")
        {
            Against = disk,
            MustReach = limit is { } least ? Target.AtLeast(sample.P50, least, "/s") : null,
            Sample = sample,
        };
    }

    private static async Task<double> RateAsync(int count, Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return count / watch.Elapsed.TotalSeconds;
    }
}

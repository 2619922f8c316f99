using System.Collections.Concurrent;
using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>kill -9 at the worst moments: nothing acknowledged is lost, nothing runs twice, nothing is left behind.</summary>
[Collection(AloneCollection.Name)]
public sealed class CrashTests
{
    private const int RandomKills = 100;
    private const int Submitters = 6;

    [Theory(Timeout = 120_000)]
    [InlineData("AfterSubmitBeforeReply")]
    [InlineData("AfterSubmitBeforeReply:3")]
    [InlineData("AfterClaimBeforeSpawn")]
    [InlineData("AfterClaimBeforeSpawn:3")]
    [InlineData("AfterSpawnBeforeFollow")]
    [InlineData("AfterSpawnBeforeFollow:3")]
    [InlineData("AfterStartBeforeCommit")]
    [InlineData("AfterStartCommitted:2")]
    [InlineData("AfterEndBeforeCommit")]
    [InlineData("AfterEndBeforeCommit:4")]
    [InlineData("AfterEndCommitted")]
    [InlineData("AfterEndCommitted:4")]
    public async Task A_daemon_killed_at_a_fault_point_loses_nothing_and_runs_nothing_twice(string point)
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "3");
        await daemon.StopAsync();
        await daemon.StartAgainAsync(("WHIRR_FAULT_POINT", point));
        var ledger = new Ledger(daemon.Place);
        var submits = Enumerable.Range(0, 6).Select(_ => daemon.SubmitScriptAsync(ledger.Script())).ToList();
        await daemon.EndedAsync();
        await daemon.StartAgainAsync();
        var acknowledged = await Task.WhenAll(submits);

        await AllEndedWellAsync(daemon, ledger, acknowledged);
        Assert.Equal(6, ledger.Ran.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_killed_while_it_adopts_adopts_again()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "3");
        var ledger = new Ledger(daemon.Place);
        var ids = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => daemon.SubmitScriptAsync(ledger.Script("sleep 1"))));
        await Eventually.TrueAsync(() => ledger.Ran.Count == 3, "three jobs running");
        await daemon.KillAsync();
        await daemon.RunToEndAsync(("WHIRR_FAULT_POINT", "DuringAdoption:2"));
        await daemon.StartAgainAsync();
        await AllEndedWellAsync(daemon, ledger, ids);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_daemon_killed_a_hundred_times_under_load_loses_nothing_and_runs_nothing_twice()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "4");
        var ledger = new Ledger(daemon.Place);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var acknowledged = new ConcurrentBag<long>();
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, Submitters).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                var submitted = await daemon.CtlAsync("submit", "-q", "--", "/bin/sh", "-c", ledger.Script("sleep 0.05"));
                if (submitted.ExitCode == 0)
                {
                    acknowledged.Add(long.Parse(submitted.Output));
                }
            }
        }));

        using var moments = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var kill = 0; kill < RandomKills; kill++)
        {
            // Every other time the daemon lives until it has acknowledged something; the others may hit it while it starts.
            var before = acknowledged.Count;
            if (kill % 2 == 0)
            {
                await Eventually.TrueAsync(() => acknowledged.Count > before, "an acknowledged submit");
            }

            moments.Period = TimeSpan.FromMilliseconds(random.Next(1, 250));
            await moments.WaitForNextTickAsync(CancellationToken.None);
            await daemon.KillAsync();
            await daemon.StartAgainAsync();
        }

        await stop.CancelAsync();
        await load;
        Assert.True(acknowledged.Count >= RandomKills / 2, $"only {acknowledged.Count} submits were acknowledged (seed {seed})");
        await AllEndedWellAsync(daemon, ledger, [.. acknowledged]);
    }

    private static async Task AllEndedWellAsync(PrivateDaemon daemon, Ledger ledger, IReadOnlyList<long> acknowledged)
    {
        foreach (var ids in acknowledged.Chunk(500))
        {
            var waited = await daemon.CtlAsync(["wait", .. ids.Select(id => $"{id}")]);
            Assert.True(waited.ExitCode == 0, waited.Output + waited.Error + daemon.Log);
        }

        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        Assert.Empty(acknowledged.Except(ledger.Ran));
        Assert.Empty(ledger.RanTwice);

        // A submit whose answer was lost is still a job: it ends too.
        await Eventually.TrueAsync(() => !Directory.EnumerateDirectories(Path.Combine(daemon.Place, "state", "daemon", "attempts")).Any(), "no attempt directory left");
        foreach (var pid in ledger.Pids)
        {
            Assert.False(Eventually.IsAlive(pid));
        }

        using var left = JsonDocument.Parse((await daemon.CtlAsync("status", "--json", "--state", "queued,allocated,starting,running")).Succeeded);
        Assert.Empty(left.RootElement.GetProperty("jobs").EnumerateArray());
    }
}

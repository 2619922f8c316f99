using System.Diagnostics;
using System.Text.Json;
using Whirr.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Whirr.EndToEnd;

/// <summary>How a daemon that was killed comes back: with what arrives late, and how soon.</summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Queued = 10_000;

    /// <summary>The bound is 1 s on a machine that has nothing else to do; tests run beside each other.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(3);

    [Theory(Timeout = 60_000)]
    [InlineData("AfterClaimBeforeSpawn")]
    [InlineData("AfterSpawnBeforeFollow")]
    [InlineData("AfterStartBeforeCommit")]
    [InlineData("AfterStartCommitted")]
    [InlineData("AfterEndBeforeCommit")]
    [InlineData("AfterEndCommitted")]
    public async Task Exit_code_log_and_usage_arrive_whenever_the_daemon_was_killed(string point)
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "1");
        await daemon.StartAgainAsync(("WHIRR_FAULT_POINT", point));
        var submit = daemon.SubmitScriptAsync("echo one; i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; echo two; exit 7");
        await daemon.EndedAsync();
        await daemon.StartAgainAsync();
        var id = await submit;
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.EndsWith("one\ntwo", (await daemon.CtlAsync("logs", $"{id}")).Succeeded, StringComparison.Ordinal);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("exit_code", job.GetProperty("reason").GetString());
        Assert.True(job.GetProperty("max_rss_bytes").GetInt64() > 0);
        Assert.True(job.GetProperty("cpu_seconds").GetDouble() > 0);
    }

    [Fact(Timeout = 300_000)]
    public async Task With_ten_thousand_jobs_queued_the_first_starts_soon_after_a_kill()
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "0");
        await daemon.StartAgainAsync();
        var first = Path.Combine(daemon.Place, "first");
        var line = JsonSerializer.Serialize(new { argv = new[] { "/bin/sh", "-c", $"echo $$ >>{first}; exec sleep 1000" } });
        Assert.Equal(0, (await daemon.CtlAsync(["submit", "-q", "--from", "-"], string.Join('\n', Enumerable.Repeat(line, Queued)))).ExitCode);
        await daemon.KillAsync();

        // The slot comes with the restart, so the dispatch is the first thing there is to do.
        daemon.Options[1] = "1";
        var began = Stopwatch.GetTimestamp();
        await daemon.StartAgainAsync();
        await Eventually.ContentAsync(first);
        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"from the start of whirrd to the first line of the first job, {Queued} queued: {took.TotalMilliseconds:0} ms");
        Assert.True(took < Bound, $"{took}");
    }
}

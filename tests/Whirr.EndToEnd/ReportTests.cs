using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What happened overnight, from a real daemon.</summary>
public sealed class ReportTests
{
    private const int Alice = 64_101;
    private const int Bob = 64_102;

    [Fact(Timeout = 60_000)]
    public async Task A_report_tells_what_ended_why_and_what_runs_until_when()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "2");
        Assert.Contains("Nothing happened", (await daemon.CtlAsync("report")).Succeeded, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, (await daemon.CtlAsync("submit", "-q", "--wait", "-n", "sleeper", "--", "/bin/sleep", "1")).ExitCode);
        }

        var failed = await daemon.SubmitScriptAsync("echo one; echo two; echo three; echo last words; exit 7", "-n", "broken");
        await daemon.CtlAsync("wait", $"{failed}");
        var like = await daemon.SubmitScriptAsync("exec sleep 1000", "-n", "sleeper");
        var unlike = await daemon.SubmitScriptAsync("exec sleep 1000", "-n", "unheard of");
        await daemon.SubmitScriptAsync("true");
        await Eventually.TrueAsync(() => daemon.StateAsync(like).Result == "running" && daemon.StateAsync(unlike).Result == "running", "two running jobs");

        var text = (await daemon.CtlAsync("report")).Succeeded;
        Assert.Contains("3 completed, 1 failed\n", text, StringComparison.Ordinal);
        Assert.Matches($@"\n     {failed} broken \d\d:\d\d: the command exited with code 7 \(exit_code\)\n       \| two\n       \| three\n       \| last words\n", text);
        Assert.Contains("1 queued; 2 slots were idle", text, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await daemon.CtlAsync("report", "--json", "--since", "1h")).Succeeded);
        var root = json.RootElement;
        Assert.Equal((3, 1, 1), (root.GetProperty("completed").GetInt32(), root.GetProperty("failed").GetInt32(), root.GetProperty("queued").GetInt32()));
        Assert.Equal(failed, Assert.Single(root.GetProperty("troubled").EnumerateArray()).GetProperty("id").GetInt64());
        Assert.InRange(root.GetProperty("slot_idle").GetDouble(), 0.5, 1);
        var running = root.GetProperty("running").EnumerateArray().ToDictionary(job => job.GetProperty("id").GetInt64());
        Assert.Contains("earlier runs of this name", running[like].GetProperty("estimate_basis").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, running[unlike].GetProperty("estimated_end").ValueKind);
        Assert.Equal(JsonValueKind.Null, running[unlike].GetProperty("estimate_basis").ValueKind);
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_report_shows_the_counts_of_everybody_and_the_logs_of_nobody_else()
    {
        await using var daemon = await PrivateDaemon.StartSystemAsync();
        Assert.Equal(1, (await daemon.CtlAsAsync(Alice, "submit", "-q", "--wait", "-C", "/tmp", "--", "/bin/sh", "-c", "echo words of alice; exit 1")).ExitCode);
        Assert.Equal(1, (await daemon.CtlAsAsync(Bob, "submit", "-q", "--wait", "-C", "/tmp", "--", "/bin/sh", "-c", "echo words of bob; exit 1")).ExitCode);
        var report = (await daemon.CtlAsAsync(Bob, "report")).Succeeded;
        Assert.Contains("2 failed\n", report, StringComparison.Ordinal);
        Assert.Contains("words of bob", report, StringComparison.Ordinal);
        Assert.DoesNotContain("words of alice", report, StringComparison.Ordinal);
        Assert.Contains("words of alice", (await daemon.CtlAsync("report")).Succeeded, StringComparison.Ordinal);
        Assert.Contains("\n1 failed\n", (await daemon.CtlAsAsync(Bob, "report", "--user", $"{Alice}")).Succeeded, StringComparison.Ordinal);
    }
}

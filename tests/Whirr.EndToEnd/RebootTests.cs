using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What a daemon makes of attempts of an earlier boot, and of losses that repeat.</summary>
public sealed class RebootTests
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    [Fact(Timeout = 60_000)]
    public async Task After_a_reboot_a_job_that_ran_is_known_as_node_rebooted_and_runs_again_at_once()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("[ $WHIRR_ATTEMPT = 2 ] || exec sleep 1000");
        await RebootAsync(daemon, id);
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);

        var requeued = Assert.Single(await EventsAsync(daemon, id), happened => happened.GetProperty("type").GetString() == "requeued");
        Assert.Equal("node_rebooted", requeued.GetProperty("reason").GetString());
        Assert.Equal(2, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_reboot_a_job_that_is_not_to_run_again_is_lost_with_the_reason()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("exec sleep 1000", "--on-lost", "stop");
        await RebootAsync(daemon, id);
        await daemon.CtlAsync("wait", $"{id}");
        var job = await daemon.StatusAsync(id);
        Assert.Equal("lost", job.GetProperty("state").GetString());
        Assert.Equal("node_rebooted", job.GetProperty("reason").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_reboot_no_process_with_an_old_number_is_touched()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("exec sleep 1000", "--on-lost", "stop");
        await RebootAsync(daemon, id, async () =>
        {
            // The number of the command belongs to somebody else in this boot: to the test itself.
            var path = Path.Combine(Attempts.DirectoryOf(daemon, id, 1), "keeper.json");
            using var facts = JsonDocument.Parse(await File.ReadAllTextAsync(path));
            var command = facts.RootElement.GetProperty("command_pid").GetInt32();
            await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace($"\"command_pid\":{command}", $"\"command_pid\":{Environment.ProcessId}", StringComparison.Ordinal));
        });
        await daemon.CtlAsync("wait", $"{id}");
        Assert.Equal("node_rebooted", (await daemon.StatusAsync(id)).GetProperty("reason").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_orderly_shutdown_interrupts_a_job_and_uses_up_none_of_its_losses()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        // Exits with 0 when it is asked to end: that is not the end of its work.
        var id = await daemon.SubmitScriptAsync("[ $WHIRR_ATTEMPT = 2 ] || { trap 'exit 0' TERM; sleep 1000 & wait; }", "--max-attempts", "1");
        var (keeper, command) = await Attempts.ProcessesAsync(daemon, id, 1);
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{command}/cmdline").Contains("trap", StringComparison.Ordinal), "the command");
        await daemon.KillAsync();
        Signals.Send(keeper, Sigterm);
        await Eventually.GoneAsync(keeper);
        await Attempts.MoveToAnotherBootAsync(daemon, id, 1);
        await daemon.StartAgainAsync();

        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var requeued = Assert.Single(await EventsAsync(daemon, id), happened => happened.GetProperty("type").GetString() == "requeued");
        Assert.Equal("node_rebooted", requeued.GetProperty("reason").GetString());
        var job = await daemon.StatusAsync(id);
        Assert.Equal((2, 0), (job.GetProperty("attempt").GetInt32(), job.GetProperty("losses").GetInt32()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_kills_its_keeper_each_time_stops_at_the_bound_with_max_attempts()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var ledger = Path.Combine(daemon.Place, "ledger");
        var id = await daemon.SubmitScriptAsync($"echo x >>{ledger}; kill -KILL $PPID; exec sleep 1000", "--max-attempts", "3");
        Assert.NotEqual(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("lost", job.GetProperty("state").GetString());
        Assert.Equal("max_attempts", job.GetProperty("reason").GetString());
        Assert.Equal(3, job.GetProperty("attempt").GetInt32());
        Assert.Equal(3, (await File.ReadAllLinesAsync(ledger)).Length);
    }

    /// <summary>As far as whirr can see: daemon, keeper and command gone, nothing recorded, and another boot id.</summary>
    private static async Task RebootAsync(PrivateDaemon daemon, long id, Func<Task>? more = null)
    {
        var (keeper, command) = await Attempts.ProcessesAsync(daemon, id, 1);
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{command}/cmdline").Contains("sleep", StringComparison.Ordinal), "the command");
        await daemon.KillAsync();
        Signals.Send(keeper, Sigkill);
        await Eventually.GoneAsync(keeper);
        await Eventually.GoneAsync(command);
        await Attempts.MoveToAnotherBootAsync(daemon, id, 1);
        await (more?.Invoke() ?? Task.CompletedTask);
        await daemon.StartAgainAsync();
    }

    private static async Task<IReadOnlyList<JsonElement>> EventsAsync(PrivateDaemon daemon, long id) =>
        [.. (await daemon.CtlAsync("events", $"{id}", "--json")).Succeeded.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
}

using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

public sealed class JobLifeTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_job_runs_in_its_directory_with_its_environment_and_its_output_is_kept()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var work = Directory.CreateDirectory(Path.Combine(daemon.Place, "project")).FullName;
        var submitted = await daemon.CtlAsync(
            ["submit", "-q", "-n", "hello", "-e", "GREETING=good evening", "--", "/bin/sh", "-c", "echo \"$GREETING from $PWD\"; echo $WHIRR_JOB_ID $WHIRR_RUN_ID $WHIRR_ATTEMPT; echo err >&2; test -d \"$WHIRR_RUN_DIR\" && test -S \"$WHIRR_SOCKET\""],
            input: null,
            directory: work);
        var id = long.Parse(submitted.Succeeded);

        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal($"good evening from {work}\n{id} job-{id} 1\nerr", (await daemon.CtlAsync("logs", $"{id}")).Succeeded);
        var status = await daemon.StatusAsync(id);
        Assert.Equal("completed", status.GetProperty("state").GetString());
        Assert.Equal(0, status.GetProperty("exit_code").GetInt32());
        Assert.True(status.GetProperty("max_rss_bytes").GetInt64() > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_run_directory_has_the_files_of_a_run_and_its_meta_tells_the_end()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = long.Parse((await daemon.CtlAsync("submit", "-q", "-t", "a,b", "-c", "lr=0.1", "name=x", "--", "/bin/sh", "-c", "exit 3")).Succeeded);
        Assert.Equal(3, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);

        var run = (await daemon.StatusAsync(id)).GetProperty("run_dir").GetString()!;
        Assert.Equal(Path.Combine(daemon.Place, "runs", $"job-{id}"), run);
        using var config = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "config.json")));
        Assert.Equal(0.1, config.RootElement.GetProperty("lr").GetDouble());
        using var meta = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "meta.json")));
        Assert.Equal($"job-{id}", meta.RootElement.GetProperty("run_id").GetString());
        Assert.Equal("failed", meta.RootElement.GetProperty("status").GetString());
        Assert.Equal(3, meta.RootElement.GetProperty("exit_code").GetInt32());
        Assert.Equal(["a", "b"], meta.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.True(meta.RootElement.GetProperty("duration_seconds").GetDouble() >= 0);
        Assert.True(File.Exists(Path.Combine(run, "output.log")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_project_directory_keeps_the_runs_of_jobs_submitted_below_it()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = Directory.CreateDirectory(Path.Combine(daemon.Place, "project", "deep")).Parent!.FullName;
        Assert.Equal(0, (await daemon.CtlAsync("init", project)).ExitCode);
        var again = await daemon.CtlAsync("init", project);
        Assert.Equal(0, again.ExitCode);
        var submitted = await daemon.CtlAsync(["submit", "-q", "--wait", "--", "/bin/true"], input: null, directory: Path.Combine(project, "deep"));
        Assert.Equal(0, submitted.ExitCode);
        Assert.True(File.Exists(Path.Combine(project, ".whirr", "runs", "job-1", "meta.json")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Twenty_jobs_on_four_slots_run_once_each_and_never_more_than_four_at_a_time()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "4");
        var ledger = new Ledger(daemon.Place);
        var running = Directory.CreateDirectory(Path.Combine(daemon.Place, "running")).FullName;
        var script = ledger.Script($"touch {running}/$$; ls {running} | wc -l; rm {running}/$$");
        var lines = string.Join('\n', Enumerable.Range(0, 20).Select(_ => JsonSerializer.Serialize(new { argv = new[] { "/bin/sh", "-c", script } })));
        Assert.Equal(0, (await daemon.CtlAsync(["submit", "--from", "-"], lines)).ExitCode);
        Assert.Equal(0, (await daemon.CtlAsync(["wait", .. Enumerable.Range(1, 20).Select(id => $"{id}")])).ExitCode);

        Assert.Equal(Enumerable.Range(1, 20).Select(id => (long)id), ledger.Ran);
        Assert.Empty(ledger.RanTwice);
        for (var id = 1; id <= 20; id++)
        {
            Assert.InRange(int.Parse((await daemon.CtlAsync("logs", $"{id}")).Succeeded), 1, 4);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Eight_threads_of_fifty_operations_meet_no_lock_error()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "2");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 50; i += 3)
            {
                var id = long.Parse((await daemon.CtlAsync("submit", "-q", "--", "/bin/true")).Succeeded);
                Assert.Equal(0, (await daemon.CtlAsync("status", $"{id}")).ExitCode);
                Assert.Equal(0, (await daemon.CtlAsync("cancel", $"{id}")).ExitCode);
            }
        }));
        Assert.DoesNotContain("locked", daemon.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_is_followed_while_it_is_written_until_the_job_ends()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        var id = await daemon.SubmitScriptAsync($"echo one; cat {gate}; echo three");
        using var follow = Command.Start(Programs.Whirrctl, ["logs", $"{id}", "-f"], new Dictionary<string, string?> { ["WHIRR_SOCKET"] = daemon.Socket });
        Assert.Equal("one", await follow.StandardOutput.ReadLineAsync());
        await File.WriteAllTextAsync(gate, "two\n");
        Assert.Equal("two", await follow.StandardOutput.ReadLineAsync());
        Assert.Equal("three", await follow.StandardOutput.ReadLineAsync());
        Assert.Null(await follow.StandardOutput.ReadLineAsync());
        await follow.WaitForExitAsync();
        Assert.Equal(0, follow.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_event_log_tells_the_whole_life()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("exit 1");
        await daemon.CtlAsync("wait", $"{id}");
        var events = (await daemon.CtlAsync("events", $"{id}", "--json")).Succeeded.Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString());
        Assert.Equal(["submitted", "claimed", "started", "failed"], events);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_submit_that_is_repeated_with_the_same_client_id_is_one_job()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "0");
        var first = await daemon.CtlAsync("submit", "-q", "--client-job-id", "run-7", "--", "/bin/true");
        var second = await daemon.CtlAsync("submit", "-q", "--client-job-id", "run-7", "--", "/bin/true");
        Assert.Equal(first.Succeeded, second.Succeeded);
    }
}

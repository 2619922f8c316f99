using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A script that tracks itself, whirrd and whirrctl agree on one truth about a run.</summary>
public sealed class RunsTests
{
    private const int Limit = 120_000;

    private const string Script =
        """
        import os, signal, sys, whirr
        run = whirr.init(name=sys.argv[1], config={"lr": float(sys.argv[2])}, capture_git=False, capture_pip=False)
        for step in range(10):
            whirr.log({"loss": float(sys.argv[2]) / (step + 1)}, step=step)
        run.summary({"best": float(sys.argv[2])})
        if "wait" in sys.argv:
            print(run.run_id, flush=True)
            sys.stdin.read()
        if "killed" in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
        if "raises" in sys.argv:
            raise ValueError("loss is not finite")
        """;

    [Fact(Timeout = Limit)]
    public async Task Runs_of_jobs_and_of_scripts_are_listed_with_their_true_status()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        var good = await SubmitAsync(daemon, project, "good", "0.1");
        var bad = await SubmitAsync(daemon, project, "bad", "0.2", "raises");
        await daemon.CtlAsync("wait", $"{good}", $"{bad}");
        await DirectAsync(daemon, project, "direct", "0.3");
        await DirectAsync(daemon, project, "raised", "0.4", "raises");
        await DirectAsync(daemon, project, "killed", "0.5", "killed");
        using var live = Command.Start("/usr/bin/python3", ["train.py", "live", "0.6", "wait"], Environment(daemon), project);
        await live.StandardOutput.ReadLineAsync();

        Assert.Equal(
            ["bad failed", "direct completed", "good completed", "killed lost", "live running", "raised failed"],
            (await RunsAsync(daemon, project)).Select(run => $"{Text(run, "name")} {Text(run, "status")}").Order());

        live.StandardInput.Close();
        await live.WaitForExitAsync();
        Assert.Equal("completed", Text(Assert.Single(await RunsAsync(daemon, project, "--name", "live")), "status"));
        Assert.Equal(
            ["bad", "direct"],
            (await RunsAsync(daemon, project, "--where", "config.lr > 0.15 and summary.best < 0.35")).Select(run => Text(run, "name")).Order());
        Assert.Contains("ValueError: loss is not finite", Text(Assert.Single(await RunsAsync(daemon, project, "--name", "raised")), "reason_detail"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_of_another_queue_lives_while_its_keeper_does_also_for_who_looks_without_a_daemon()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        await using var other = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        await DirectAsync(daemon, project, "killed", "0.5", "killed");
        var submitted = await other.CtlAsync(["submit", "-q", "--", "/bin/sleep", "600"], null, project, Environment(other));
        var path = $"{project}/.whirr/runs/job-{submitted.Succeeded.Trim()}";
        await Eventually.TrueAsync(() => File.Exists($"{path}/run.lock"), "the job of the other queue");

        Assert.Equal(["killed lost", "sleep running"], (await RunsAsync(daemon, project)).Select(run => $"{Text(run, "name")} {Text(run, "status")}").Order());
        Assert.Equal("running", await StatusByPathAsync(daemon, project, path));
        await other.KillAsync();
        Assert.Equal("running", await StatusByPathAsync(daemon, project, path));
        Assert.Equal("lost", await StatusByPathAsync(daemon, project, Assert.Single(Directory.GetDirectories($"{project}/.whirr/runs", "local-*"))));

        // The keeper dies, and the job with it.
        var keeper = int.Parse((await File.ReadAllTextAsync($"{path}/run.lock")).Split(' ')[0]);
        Signals.Send(keeper, 9);
        await Eventually.GoneAsync(keeper);
        Assert.Equal("lost", await StatusByPathAsync(daemon, project, path));

        // A job is given a second between its first record and its lock.
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc($"{path}/meta.json") > TimeSpan.FromSeconds(1), "a record of more than a second");
        Assert.Equal(["killed lost", "sleep lost"], (await RunsAsync(daemon, project)).Select(run => $"{Text(run, "name")} {Text(run, "status")}").Order());
    }

    [Fact(Timeout = Limit)]
    public async Task The_index_is_the_same_after_the_database_was_deleted()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        await daemon.CtlAsync("wait", $"{await SubmitAsync(daemon, project, "good", "0.1")}", $"{await SubmitAsync(daemon, project, "bad", "0.2", "raises")}");
        await DirectAsync(daemon, project, "killed", "0.5", "killed");
        var before = (await RunsAsync(daemon, project)).Select(run => $"{Text(run, "run_id")} {Text(run, "name")} {Text(run, "status")}").ToList();
        Assert.Equal(3, before.Count);

        await daemon.StopAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(daemon.Database)!, "whirr.db*"))
        {
            File.Delete(file);
        }

        await daemon.StartAgainAsync();
        Assert.Contains("3", (await CtlAsync(daemon, project, "reindex")).Succeeded, StringComparison.Ordinal);

        Assert.Equal(before, (await RunsAsync(daemon, project)).Select(run => $"{Text(run, "run_id")} {Text(run, "name")} {Text(run, "status")}"));
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_measured_is_shown_compared_drawn_and_exported()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        await daemon.CtlAsync("wait", $"{await SubmitAsync(daemon, project, "one", "0.1")}", $"{await SubmitAsync(daemon, project, "two", "0.2")}");

        await DoAsync(daemon, project, "tag", "1", "+kept");
        await DoAsync(daemon, project, "note", "job-1", "worth another look");
        var shown = (await CtlAsync(daemon, project, "show", "job-1")).Succeeded;
        Assert.All(["kept", "worth another look", "loss", "best"], part => Assert.Contains(part, shown, StringComparison.Ordinal));

        var compared = (await CtlAsync(daemon, project, "compare", "1", "2")).Succeeded;
        Assert.All(["lr", "0.1", "0.2", "loss"], part => Assert.Contains(part, compared, StringComparison.Ordinal));
        Assert.Contains("loss", (await CtlAsync(daemon, project, "plot", "1", "2", "-m", "loss")).Succeeded, StringComparison.Ordinal);
        await DoAsync(daemon, project, "plot", "1", "-m", "loss", "--png", "loss.png", "--svg", "loss.svg");
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], (await File.ReadAllBytesAsync($"{project}/loss.png"))[..4]);
        await DoAsync(daemon, project, "export", "runs.csv");
        Assert.Equal(3, (await File.ReadAllLinesAsync($"{project}/runs.csv")).Length);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_attempt_goes_on_with_the_numbers_of_the_first()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        await File.WriteAllTextAsync(
            $"{project}/again.py",
            """
            import sys, whirr
            run = whirr.init(capture_git=False, capture_pip=False)
            run.log({"attempt": run.attempt, "resumed": run.resumed})
            run.log({"attempt": run.attempt})
            sys.exit(0 if run.resumed else 75)
            """);
        var submitted = await CtlAsync(daemon, project, "submit", "-q", "--retries", "1", "--retry-on", "exit:75", "--backoff", "0s", "--", "/usr/bin/python3", "again.py");
        Assert.Equal(0, (await daemon.CtlAsync("wait", submitted.Succeeded)).ExitCode);

        var rows = (await File.ReadAllLinesAsync($"{project}/.whirr/runs/job-1/metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([(0, 1), (1, 1), (2, 2), (3, 2)], rows.Select(row => (row.GetProperty("_idx").GetInt32(), row.GetProperty("attempt").GetInt32())));
    }

    [Fact(Timeout = Limit)]
    public async Task What_every_rank_measured_is_exported_and_can_be_compared()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var project = await ProjectAsync(daemon);
        await File.WriteAllTextAsync(
            $"{project}/ranks.py",
            """
            import os, subprocess, sys
            if len(sys.argv) == 1:
                ranks = [subprocess.Popen([sys.executable, "ranks.py", rank], env={**os.environ, "RANK": rank, "WORLD_SIZE": "3"}) for rank in "012"]
                sys.exit(max(rank.wait() for rank in ranks))
            import whirr
            run = whirr.init(capture_git=False, capture_pip=False)
            run.log({"loss": float(sys.argv[1])})
            """);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var submitted = await CtlAsync(daemon, project, "submit", "-q", "--", "/usr/bin/python3", "ranks.py");
            Assert.Equal(0, (await daemon.CtlAsync("wait", submitted.Succeeded)).ExitCode);
        }

        await DoAsync(daemon, project, "export", "1", "ranks.csv", "--metrics");
        var lines = await File.ReadAllLinesAsync($"{project}/ranks.csv");
        Assert.Equal("run_id,rank,idx,time,step,metric,value", lines[0]);
        Assert.Equal(["job-1 0 loss 0", "job-1 1 loss 1", "job-1 2 loss 2"], lines.Skip(1).Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[1]} {cells[5]} {cells[6]}"));
        Assert.Contains("2 more ranks (1, 2) with loss", (await CtlAsync(daemon, project, "show", "1")).Succeeded, StringComparison.Ordinal);
        var compared = (await CtlAsync(daemon, project, "compare", "1", "2", "--rank", "2", "--json")).Succeeded;
        Assert.Equal("[2,2]", JsonDocument.Parse(compared).RootElement.GetProperty("metrics").GetProperty("loss").GetProperty("last").GetRawText());
    }

    private static async Task<string> ProjectAsync(PrivateDaemon daemon)
    {
        var project = Directory.CreateDirectory($"{daemon.Place}/project").FullName;
        await File.WriteAllTextAsync($"{project}/train.py", Script);
        await DoAsync(daemon, project, "init");
        return project;
    }

    private static async Task<long> SubmitAsync(PrivateDaemon daemon, string project, params string[] words) =>
        long.Parse((await CtlAsync(daemon, project, ["submit", "-q", "--", "/usr/bin/python3", "train.py", .. words])).Succeeded);

    /// <summary>Runs the script without the queue, to its end, whatever that is.</summary>
    private static Task<CommandResult> DirectAsync(PrivateDaemon daemon, string project, params string[] words) =>
        Command.RunAsync("/usr/bin/python3", ["train.py", .. words], Environment(daemon), project);

    private static async Task<List<JsonElement>> RunsAsync(PrivateDaemon daemon, string project, params string[] filter)
    {
        var listed = JsonDocument.Parse((await CtlAsync(daemon, project, ["runs", "--json", .. filter])).Succeeded).RootElement;
        return [.. listed.GetProperty("runs").EnumerateArray()];
    }

    private static Task<CommandResult> CtlAsync(PrivateDaemon daemon, string project, params string[] arguments) =>
        daemon.CtlAsync(arguments, null, project, Environment(daemon));

    private static async Task<string> StatusByPathAsync(PrivateDaemon daemon, string project, string path)
    {
        var environment = new Dictionary<string, string?>(Environment(daemon)) { ["WHIRR_SOCKET"] = "/no/such/socket" };
        var shown = await Command.RunAsync(Programs.Whirrctl, ["show", path, "--json"], environment, project);
        return Text(JsonDocument.Parse(shown.Succeeded).RootElement, "status");
    }

    private static async Task DoAsync(PrivateDaemon daemon, string project, params string[] arguments) => _ = (await CtlAsync(daemon, project, arguments)).Succeeded;

    private static Dictionary<string, string?> Environment(PrivateDaemon daemon) => new()
    {
        ["PYTHONPATH"] = Programs.PythonPackage,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["XDG_DATA_HOME"] = $"{daemon.Place}/data",
        ["XDG_CACHE_HOME"] = $"{daemon.Place}/cache",
    };

    private static string Text(JsonElement run, string name) => run.GetProperty(name).GetString() ?? "";
}

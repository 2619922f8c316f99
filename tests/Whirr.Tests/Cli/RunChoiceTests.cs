using System.CommandLine;
using Whirr.Cli;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class RunChoiceTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("job-12")]
    [InlineData("job-1")]
    [InlineData("12")]
    public async Task The_daemon_says_what_an_id_its_beginning_or_a_job_number_means(string word)
    {
        _daemon.Runs.All.Add(new Run { RunId = "job-12", JobId = 12, RunDir = "/runs/job-12" });
        var chosen = await ChooseAsync(word);
        Assert.Equal("/runs/job-12", chosen.RunDir);
        Assert.Equal(word, Assert.Single(_daemon.Runs.Asked).Run);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_runs_of_the_project_here_come_first()
    {
        Directory.CreateDirectory(Path.Combine(_daemon.Place, ".whirr/runs"));
        _daemon.Runs.All.Add(new Run { RunId = "job-12" });
        await ChooseAsync("job-12");
        Assert.Equal([Path.Combine(_daemon.Place, ".whirr/runs")], Assert.Single(_daemon.Runs.Asked).Roots);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_path_needs_no_daemon()
    {
        Make("job-3", """
            {"run_id": "job-3", "name": "resnet", "job_id": 3, "status": "failed", "exit_code": 3, "attempt": 2, "tags": ["a", "b"],
             "started_at": "2026-01-31T23:59:59.123Z", "summary": {"acc": 0.5}, "git_info": {"commit": "abc", "dirty": true}, "note": "n"}
            """);
        await File.WriteAllTextAsync(Path.Combine(Dir("job-3"), "config.json"), """{"lr": 0.1}""");
        await _daemon.KillAsync();
        foreach (var word in new[] { Dir("job-3"), Dir("job-3") + "/", ".whirr/runs/job-3", "./.whirr/runs/../runs/job-3" })
        {
            var (dir, run) = await ChooseAsync(word);
            Assert.Equal(Dir("job-3"), dir);
            Assert.Equal(("job-3", "resnet", 3L, JobState.Failed, 3, 2u), (run.RunId, run.Name, run.JobId, run.State, run.ExitCode, run.Attempt));
            Assert.Equal(("""{"lr": 0.1}""", """{"acc": 0.5}"""), (run.ConfigJson, run.SummaryJson));
            Assert.Equal(("abc", true, "n", ""), (run.GitCommit, run.GitDirty, run.Note, run.Problem));
            Assert.Equal(["a", "b"], run.Tags);
            Assert.Equal("2026-01-31T23:59:59.123Z", Times.Iso(run.StartedAt));
            Assert.Null(run.FinishedAt);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"run_id\": \"x", "damaged")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "empty")]
    public async Task Records_that_are_damaged_are_told_of_and_lose_nothing_else(string meta, string problem)
    {
        Make("job-3", meta);
        var (_, run) = await ChooseAsync(Dir("job-3"));
        Assert.Equal("job-3", run.RunId);
        Assert.Contains(problem, run.Problem, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"status\": \"running\"}")]
    [InlineData("{\"status\": \"running\", \"job_id\": 3, \"job_uid\": \"0195c5a0-0000-7000-8000-000000000001\"}")]
    [InlineData("{}")]
    public async Task A_run_that_names_no_end_lives_while_somebody_holds_its_lock(string meta)
    {
        Make("job-3", meta);
        var (_, run) = await ChooseAsync(Dir("job-3"));
        Assert.Equal(JobState.Lost, run.State);
        Assert.Contains("ended without a word", run.ReasonDetail, StringComparison.Ordinal);
        using (Runs.RunTree.Hold(Dir("job-3")))
        {
            Assert.Equal((JobState.Running, ""), ((await ChooseAsync(Dir("job-3"))).Run.State, (await ChooseAsync(Dir("job-3"))).Run.ReasonDetail));
        }

        Assert.Equal(JobState.Lost, (await ChooseAsync(Dir("job-3"))).Run.State);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_run_of_another_machine_lives_as_long_as_its_lock_is_touched()
    {
        Make("job-3", """{"status": "running", "hostname": "elsewhere"}""");
        Runs.RunTree.Write(Path.Combine(Dir("job-3"), "run.lock"), "1 boot elsewhere\n");
        Assert.Equal(JobState.Running, (await ChooseAsync(Dir("job-3"))).Run.State);
        Runs.RunTree.Age(Path.Combine(Dir("job-3"), "run.lock"), TimeSpan.FromMinutes(11));
        Assert.Equal(JobState.Lost, (await ChooseAsync(Dir("job-3"))).Run.State);
    }

    [Fact(Timeout = 30_000)]
    public async Task Members_of_the_wrong_kind_are_left_out()
    {
        Make("job-3", """{"run_id": 3, "name": ["x"], "job_id": "7", "attempt": -1, "exit_code": 1e300, "tags": "a", "summary": 1, "started_at": "soon", "git_info": []}""");
        var (_, run) = await ChooseAsync(Dir("job-3"));
        Assert.Equal(("job-3", "job-3", 0L, 0u, false, ""), (run.RunId, run.Name, run.JobId, run.Attempt, run.HasExitCode, run.SummaryJson));
    }

    [Fact(Timeout = 30_000)]
    public async Task Records_are_read_as_the_daemon_reads_them()
    {
        Make("job-3", """{"format_version": 1, "run_id": "job-7", "status": "completed", "summary": {"loss": NaN}, "duration_seconds": 60, "started_at": "2026-01-31T00:00:00Z"}""");
        await File.WriteAllTextAsync(Path.Combine(Dir("job-3"), "config.json"), """{"most": Infinity}""");
        var (_, run) = await ChooseAsync(Dir("job-3"));
        Assert.Equal(("job-3", """{"loss": "NaN"}""", """{"most": "Infinity"}"""), (run.RunId, run.SummaryJson, run.ConfigJson));
        Assert.Equal("2026-01-31T00:01:00.000Z", Times.Iso(run.FinishedAt));
        Assert.Contains("that of job-7", run.Problem, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Runs_that_are_named_together_are_asked_for_at_once()
    {
        _daemon.Runs.All.AddRange(Enumerable.Range(0, 20).Select(number => new Run { RunId = $"job-{number:00}", RunDir = $"/runs/job-{number:00}" }));
        _daemon.Runs.AnswersAfter = 20;
        using var cli = new CommandLine { Socket = _daemon.Socket, Directory = _daemon.Place };
        Assert.Equal(0, await cli.RunAsync(["compare", "--csv", .. Enumerable.Range(0, 20).Reverse().Select(number => $"job-{number:00}"), "job-03"]));
        Assert.Equal(
            Enumerable.Range(0, 20).Reverse().Select(number => $"job-{number:00}"),
            cli.Output.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(',')[0]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_daemon_the_runs_of_the_project_are_found()
    {
        Make("job-3", "{}");
        Make("local-20260131-235959-ab", "{}");
        Make("local-20260131-235959-cd", "{}");
        foreach (var (word, id) in new[] { ("3", "job-3"), ("job-3", "job-3"), ("job", "job-3"), ("local-20260131-235959-a", "local-20260131-235959-ab") })
        {
            Assert.Equal(Dir(id), (await ChooseAsync(word, "/no/such/socket")).RunDir);
        }

        var several = await Assert.ThrowsAsync<CommandFailure>(() => ChooseAsync("local", "/no/such/socket"));
        Assert.Contains("local-20260131-235959-ab, local-20260131-235959-cd", several.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.NoDaemon, (await Assert.ThrowsAsync<CommandFailure>(() => ChooseAsync("4", "/no/such/socket"))).Kind);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/no/such/run")]
    [InlineData("/")]
    [InlineData("nobody")]
    public async Task What_is_no_run_is_not_found(string word) =>
        Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<CommandFailure>(() => ChooseAsync(word))).Kind);

    private string Dir(string id) => Path.Combine(_daemon.Place, ".whirr/runs", id);

    private void Make(string id, string meta)
    {
        Directory.CreateDirectory(Dir(id));
        File.WriteAllText(Path.Combine(Dir(id), "meta.json"), meta);
    }

    private async Task<ChosenRun> ChooseAsync(string word, string? socket = null)
    {
        var surroundings = new Surroundings
        {
            Out = new TextOutput(Stream.Null, colours: false),
            Error = new TextOutput(Stream.Null, colours: false),
            OpenInput = () => Stream.Null,
            CanAsk = () => false,
            Clock = TimeProvider.System,
            Variable = name => name == "WHIRR_SOCKET" ? socket ?? _daemon.Socket : null,
            CurrentDirectory = () => _daemon.Place,
            WatchForInterrupt = () => CancellationToken.None,
        };
        var root = new RootCommand();
        CommonOptions.Create().ToList().ForEach(root.Add);
        using var session = new Session(surroundings, root.Parse([]));
        return await RunChoice.ResolveAsync(session, word);
    }
}

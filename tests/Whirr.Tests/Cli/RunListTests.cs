using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class RunListTests : IAsyncLifetime
{
    private static readonly Timestamp Start = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _daemon.Runs.All.Add(new Run
        {
            RunId = "job-12",
            RunDir = "/runs/job-12",
            JobId = 12,
            Name = "lr\u001b[31m",
            State = JobState.Completed,
            StartedAt = Start,
            FinishedAt = Start + Duration.FromTimeSpan(TimeSpan.FromSeconds(332)),
            Tags = { "a", "b" },
            ConfigJson = """{"lr":0.1,"opt":{"beta":0.99},"note":"say \"hi\", twice"}""",
            SummaryJson = """{"acc":0.931284719}""",
            ExitCode = 0,
        });
        _daemon.Runs.All.Add(new Run { RunId = "local-20260131-235959-ab", RunDir = "/runs/l", Name = "x", State = JobState.Lost, Problem = "meta.json is damaged" });
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Runs_are_listed_with_what_came_out_of_them()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs"));
        var lines = cli.Output.Split('\n');
        Assert.Equal(["ID", "NAME", "STATUS", "STARTED", "DURATION", "TAGS", "SUMMARY"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^job-12 +lr\\x1b\[31m +completed +2024-10-04 00:00 +5m 32s +a,b +acc=0\.93128$", lines[1]);
        Assert.Matches(@"^local-20260131-235959-ab +x +lost +- +- +- +-$", lines[2]);
        Assert.Equal(20u, Assert.Single(_daemon.Runs.Listed).PageSize);
    }

    [Fact(Timeout = 30_000)]
    public async Task Filters_and_the_places_of_the_caller_reach_the_daemon()
    {
        var (project, own) = (Path.Combine(_daemon.Place, "p/.whirr/runs"), Path.Combine(_daemon.Place, "data/whirr/runs"));
        Directory.CreateDirectory(project);
        Directory.CreateDirectory(own);
        Directory.CreateDirectory(Path.Combine(_daemon.Place, "p/deep"));
        using var cli = new CommandLine
        {
            Socket = _daemon.Socket,
            Directory = Path.Combine(_daemon.Place, "p/deep"),
            Variables = { ["XDG_DATA_HOME"] = Path.Combine(_daemon.Place, "data") },
        };
        Assert.Equal(0, await cli.RunAsync(
            "runs", "-s", "failed,LOST", "-t", "a,b", "--name", "n*", "--search", "w", "--where", "config.lr<0.01", "--sort", "-summary.acc", "--here"));
        var request = Assert.Single(_daemon.Runs.Listed);
        Assert.Equal([JobState.Failed, JobState.Lost], request.States);
        Assert.Equal(["a", "b"], request.Tags);
        Assert.Equal(("n*", "w", "config.lr<0.01", "-summary.acc"), (request.Name, request.Text, request.Where, request.Sort));
        Assert.Equal([project, own], request.Roots);
        Assert.Equal([project], request.OnlyRoots);
    }

    [Fact(Timeout = 30_000)]
    public async Task Here_needs_a_project()
    {
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("runs", "--here"));
        Assert.Contains("whirrctl init", cli.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_long_list_is_read_page_by_page_and_cut_where_it_was_asked()
    {
        _daemon.Runs.All.Clear();
        _daemon.Runs.All.AddRange(Enumerable.Range(1, 2_500).Select(id => new Run { RunId = $"job-{id}", State = JobState.Completed }));
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs", "-n", "2100", "--columns", "id"));
        Assert.Equal(1 + 2_100 + 1, cli.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("2100 of 2500 runs", cli.Output, StringComparison.Ordinal);
        Assert.Equal([1_000u, 1_000u, 100u], _daemon.Runs.Listed.Select(request => request.PageSize));
    }

    [Fact(Timeout = 30_000)]
    public async Task Columns_are_those_that_were_named()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs", "--columns", "id, config.opt.beta,summary.acc,config.none,job"));
        var lines = cli.Output.Split('\n');
        Assert.Equal(["ID", "config.opt.beta", "summary.acc", "config.none", "JOB"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["job-12", "0.99", "0.93128", "-", "12"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact(Timeout = 30_000)]
    public async Task Csv_has_all_of_configuration_and_summary_quoted_where_it_must_be()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs", "--csv"));
        Assert.Equal(
            "id,name,status,started_at,finished_at,duration_s,exit_code,tags,config.lr,config.opt,config.note,summary.acc\n"
            + "job-12,lr\u001b[31m,completed,2024-10-04T00:00:00.000Z,2024-10-04T00:05:32.000Z,332,0,\"a,b\",0.1,\"{\"\"beta\"\":0.99}\","
            + "\"say \"\"hi\"\", twice\",0.931284719\n"
            + "local-20260131-235959-ab,x,lost,,,,,,,,,\n",
            cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_every_field()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs", "--json", "-n", "1"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal((2ul, true), (json.RootElement.GetProperty("total").GetUInt64(), json.RootElement.GetProperty("more").GetBoolean()));
        var run = Assert.Single(json.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal(
            [
                "run_id", "run_dir", "job_id", "name", "status", "reason", "reason_detail", "started_at", "finished_at", "duration_seconds", "exit_code",
                "attempt", "tags", "config", "summary", "hostname", "owner", "note", "git_commit", "git_dirty", "problem",
            ],
            run.EnumerateObject().Select(member => member.Name));
        Assert.Equal(0.99, run.GetProperty("config").GetProperty("opt").GetProperty("beta").GetDouble());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("note").ValueKind);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("runs", "--columns", "id,color")]
    [InlineData("runs", "-n", "0")]
    [InlineData("runs", "-s", "happy")]
    [InlineData("runs", "--json", "--csv")]
    public async Task A_wrong_choice_is_refused(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(words));
        Assert.Empty(_daemon.Runs.Listed);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_list_says_why()
    {
        _daemon.Runs.All.Clear();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("runs"));
        Assert.Equal(("", "There are no runs yet\n"), (cli.Output, cli.Error));
        using var choosy = Cli();
        Assert.Equal(0, await choosy.RunAsync("runs", "-t", "x"));
        Assert.Equal("No run matches\n", choosy.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reindex_tells_how_many_there_are_and_what_could_not_be_read()
    {
        using var fine = Cli();
        Assert.Equal(0, await fine.RunAsync("reindex"));
        Assert.Equal("2 runs are in the index\n", fine.Output);
        _daemon.Runs.Problems.Add("/runs/x cannot be read");
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("reindex", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal("/runs/x cannot be read", json.RootElement.GetProperty("problems")[0].GetString());
        Assert.Equal(2, json.RootElement.GetProperty("runs").GetInt32());
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

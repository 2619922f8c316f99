using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class SweepTests : IAsyncLifetime
{
    private const string Grid = """
        program: python train.py
        parameters:
          lr: [0.1, 0.01]
          seed: [1, 2]
        tags: [paper]
        job: {time: 2h, retries: 1}
        """;

    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "grid.yaml"), Grid);
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_sweep_is_one_batch_of_named_and_tagged_jobs()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("sweep", "grid.yaml"));
        Assert.Equal("sweep:grid: 4 jobs submitted; `whirrctl runs -t sweep:grid` shows them\n", cli.Output);
        var jobs = Assert.Single(_daemon.Jobs.Batches).Jobs;
        Assert.Equal(["grid-1", "grid-2", "grid-3", "grid-4"], jobs.Select(job => job.Name));
        Assert.Equal(["python", "train.py", "--lr", "0.1", "--seed", "2"], jobs[1].CommandArgv);
        Assert.Equal("""{"lr":0.1,"seed":2}""", jobs[1].ConfigJson);
        Assert.All(jobs, job =>
        {
            Assert.Equal(["sweep:grid", "paper"], job.Tags);
            Assert.Equal((_daemon.Place, TimeSpan.FromHours(2), 1u), (job.Workdir, job.Limits.Time.ToTimeSpan(), job.Retry.Retries));
        });
        Assert.Equal(4, jobs.Select(job => job.ClientJobId).Distinct().Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_call_adds_only_what_is_missing()
    {
        using var first = Cli();
        Assert.Equal(0, await first.RunAsync("sweep", "grid.yaml"));
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "grid.yaml"), Grid.Replace("[1, 2]", "[1, 2, 3]", StringComparison.Ordinal));
        using var second = Cli();

        // lr 0.1 with seeds 1 and 2 are runs 1 and 2 as before; the others have moved, and are other runs.
        Assert.Equal(0, await second.RunAsync("sweep", "grid.yaml"));
        Assert.Equal("sweep:grid: 4 jobs submitted, 2 were there already; `whirrctl runs -t sweep:grid` shows them\n", second.Output);
        Assert.Equal(4 + 4, _daemon.Jobs.Batches.Sum(batch => batch.Jobs.Count));
        using var third = Cli();
        Assert.Equal(0, await third.RunAsync("sweep", "grid.yaml", "--json"));
        Assert.Equal(2, _daemon.Jobs.Batches.Count);
        using var json = JsonDocument.Parse(third.Output);
        Assert.Equal(0, json.RootElement.GetProperty("submitted").GetInt32());
        Assert.Equal(6, json.RootElement.GetProperty("jobs").EnumerateArray().Count(job => job.GetProperty("id").ValueKind == JsonValueKind.Number));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dry_run_shows_the_commands_and_needs_no_daemon()
    {
        await _daemon.KillAsync();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("sweep", "grid.yaml", "-n", "-p", "other"));
        Assert.StartsWith("other-1: python train.py --lr 0.1 --seed 1\nother-2: ", cli.Output, StringComparison.Ordinal);
        Assert.Equal("4 jobs would be submitted with the tag sweep:other\n", cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_sweep_in_parallel_is_fed_as_jobs_end_and_resumes_where_it_was_left()
    {
        using var cli = Cli();
        var run = cli.RunAsync("sweep", "grid.yaml", "--parallel", "1");
        await _daemon.Jobs.ListCalls.WaitAsync();
        await _daemon.Jobs.ListCalls.WaitAsync();
        Assert.Equal("grid-1", Assert.Single(_daemon.Jobs.Batches).Jobs.Single().Name);
        _daemon.Jobs.Change(1, job => job.State = JobState.Failed);
        while (_daemon.Jobs.Batches.Count < 2)
        {
            await _daemon.Jobs.ListCalls.WaitAsync();
        }

        await cli.InterruptAsync();
        Assert.Equal(130, await run);
        Assert.Contains("2 jobs of 4", cli.Error, StringComparison.Ordinal);

        using var again = Cli();
        var resumed = again.RunAsync("sweep", "grid.yaml", "--parallel", "2", "--wait");
        while (_daemon.Jobs.Batches.Count < 3)
        {
            await _daemon.Jobs.ListCalls.WaitAsync();
        }

        Assert.Equal("grid-3", _daemon.Jobs.Batches[2].Jobs.Single().Name);
        _daemon.Jobs.Change(2, job => job.State = JobState.Completed);
        _daemon.Jobs.Change(3, job => job.State = JobState.Completed);
        while (_daemon.Jobs.Batches.Count < 4)
        {
            await _daemon.Jobs.ListCalls.WaitAsync();
        }

        Assert.False(resumed.IsCompleted);
        _daemon.Jobs.Change(4, job => job.State = JobState.Completed);
        Assert.Equal(1, await resumed);
        Assert.Contains("2 jobs submitted, 2 were there already", again.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a,b")]
    [InlineData("")]
    public async Task A_name_that_is_no_tag_is_refused(string name)
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync("sweep", "grid.yaml", "-p", name));
        Assert.Empty(_daemon.Jobs.Batches);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("program: [p]\nparameters: {x: [1]}\njob:\n  time: soon\n", "grid.yaml:4: ")]
    [InlineData("program: p\n", "grid.yaml:1: ")]
    public async Task Nothing_is_submitted_of_a_wrong_file(string yaml, string where)
    {
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "grid.yaml"), yaml);
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync("sweep", "grid.yaml"));
        Assert.Contains(where, cli.Error, StringComparison.Ordinal);
        Assert.Empty(_daemon.Jobs.Batches);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}

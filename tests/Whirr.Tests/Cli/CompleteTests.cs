using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>What shells are offered.</summary>
public sealed class CompleteTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_job_is_its_number_and_what_it_is_on_one_line_whatever_its_name()
    {
        _daemon.Jobs.Add(job => (job.State, job.Name) = (JobState.Running, "a\tb\nc\u001b[31m"));
        Assert.Equal("1\trunning, a\\tb\\nc\\x1b[31m\n", await OfferAsync("jobs"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Live_and_ended_jobs_are_asked_for_by_state()
    {
        await OfferAsync("jobs-live");
        await OfferAsync("jobs-ended");
        Assert.Equal([JobState.Queued, JobState.Allocated, JobState.Starting, JobState.Running], _daemon.Jobs.Listed[0].States);
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Cancelled, JobState.Lost], _daemon.Jobs.Listed[1].States);
    }

    [Fact(Timeout = 30_000)]
    public async Task Tags_of_jobs_and_runs_are_offered_once()
    {
        _daemon.Jobs.Add(job => job.Tags.AddRange(["a", "b"]));
        _daemon.Runs.All.Add(new Run { RunId = "job-1", Tags = { "b", "c" } });
        Assert.Equal("a\ttag\nb\ttag\nc\ttag\n", await OfferAsync("tags"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Metrics_are_those_of_the_runs_on_the_line_torn_lines_and_all()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_daemon.Place, "job-7")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(directory, "metrics.jsonl"),
            "{\"_idx\":0,\"step\":0,\"loss\":1,\"val\":{\"acc\":0.5},\"text\":\"x\",\"list\":[1]}\n{\"_idx\":1,\"loss\":\"NaN\",\"late\":\"NaN\"}\n{\"_idx\":2,\"to");
        _daemon.Runs.All.Add(new Run { RunId = "job-7", JobId = 7, RunDir = directory });
        Assert.Equal("loss\tmetric\nval.acc\tmetric\nlate\tmetric\n", await OfferAsync("metrics", "7", "no-such-run"));
        Assert.Equal("loss\tmetric\nval.acc\tmetric\nlate\tmetric\n", await OfferAsync("metrics"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_daemon_the_runs_of_the_project_are_offered_and_nothing_is_said()
    {
        Directory.CreateDirectory(Path.Combine(_daemon.Place, ".whirr", "runs", "local-1"));
        using var cli = new CommandLine { Socket = "/no/such/socket", Directory = _daemon.Place };
        Assert.Equal(0, await cli.RunAsync("__complete", "runs"));
        Assert.Equal(("local-1\trun\n", ""), (cli.Output, cli.Error));
    }

    [Fact(Timeout = 30_000)]
    public async Task It_is_neither_in_the_help_nor_a_guess()
    {
        using var help = new CommandLine { Socket = _daemon.Socket };
        Assert.Equal(0, await help.RunAsync("--help"));
        Assert.DoesNotContain("__complete", help.Output, StringComparison.Ordinal);
        using var guess = new CommandLine { Socket = _daemon.Socket };
        Assert.Equal(2, await guess.RunAsync("complete"));
        Assert.DoesNotContain("__complete", guess.Error, StringComparison.Ordinal);
    }

    private async Task<string> OfferAsync(params string[] words)
    {
        using var cli = new CommandLine { Socket = _daemon.Socket, Directory = _daemon.Place };
        Assert.Equal(0, await cli.RunAsync(["__complete", .. words]));
        Assert.Empty(cli.Error);
        return cli.Output;
    }
}

using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class EndingTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Cancel_tells_what_became_of_each_job()
    {
        _daemon.Jobs.Add();
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("cancel", "1", "2", "3"));
        Assert.Equal("Cancelled job 1\nJob 2 is being ended\nJob 3 already completed\n", cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_of_an_unknown_job_fails()
    {
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("cancel", "1", "99"));
        Assert.Equal("Cancelled job 1\n", cli.Output);
        Assert.Equal("whirrctl: there is no job 99.\n", cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_all_queued_says_how_many()
    {
        _daemon.Jobs.Add();
        _daemon.Jobs.Add();
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("cancel", "--all-queued"));
        Assert.Equal("Cancelled 2 queued jobs\n", cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, "cancel")]
    [InlineData(2, "cancel", "1", "--all-queued")]
    [InlineData(2, "cancel", "abc")]
    [InlineData(2, "cancel", "0")]
    [InlineData(2, "cancel", "-1")]
    [InlineData(2, "cancel", "99999999999999999999")]
    [InlineData(2, "wait")]
    public async Task What_names_no_job_is_refused(int code, params string[] words)
    {
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.Empty(cli.Output);
        Assert.NotEmpty(cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_waits_for_the_end_when_told_to()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        using var cli = Cli();
        var running = cli.RunAsync("cancel", "--wait", "--json", "1");
        await _daemon.Jobs.WaitCalls.WaitAsync();
        _daemon.Jobs.Change(1, job => job.State = JobState.Cancelled);
        Assert.Equal(0, await running);
        using var json = JsonDocument.Parse(cli.Output);
        var outcome = json.RootElement.GetProperty("outcomes")[0];
        Assert.Equal("requested", outcome.GetProperty("result").GetString());
        Assert.Equal("cancelled", outcome.GetProperty("state").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Wait_ends_with_the_first_code_that_is_not_0()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        _daemon.Jobs.Add(job => job.State = JobState.Cancelled);
        using var cli = Cli();
        var running = cli.RunAsync("wait", "1", "2", "3", "2");
        await _daemon.Jobs.WaitCalls.WaitAsync();
        _daemon.Jobs.Change(2, job =>
            (job.State, job.ExitCode, job.Reason, job.ReasonDetail) = (JobState.Failed, 4, "exit_code", "code 4"));
        Assert.Equal(4, await running);
        Assert.Contains("Job 2 failed: code 4 (exit_code)\n", cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null, "Job 2 cancelled\n")]
    [InlineData(80, "Job 1 completed\nJob 2 cancelled\n")]
    public async Task Of_several_jobs_those_that_completed_are_told_of_only_on_a_terminal(int? columns, string expected)
    {
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        _daemon.Jobs.Add(job => job.State = JobState.Cancelled);
        using var cli = new CommandLine { Socket = _daemon.Socket, Columns = columns };
        Assert.Equal(125, await cli.RunAsync("wait", "1", "2"));
        Assert.Equal(expected, cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ctrl_C_ends_only_the_wait()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        using var cli = Cli();
        var running = cli.RunAsync("wait", "1");
        await _daemon.Jobs.WaitCalls.WaitAsync();
        await cli.InterruptAsync();
        Assert.Equal(130, await running);
        Assert.Equal("No longer waiting; job 1 goes on\n", cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Submit_and_wait_ends_as_the_job_did()
    {
        using var cli = Cli();
        var running = cli.RunAsync("submit", "-w", "false");
        await _daemon.Jobs.WaitCalls.WaitAsync();
        _daemon.Jobs.Change(1, job => (job.State, job.ExitCode) = (JobState.Failed, 1));
        Assert.Equal(1, await running);
    }

    [Fact(Timeout = 30_000)]
    public async Task Wait_outlives_a_daemon_that_is_killed_and_started_again()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        using var cli = Cli();
        var running = cli.RunAsync("wait", "1");
        await _daemon.Jobs.WaitCalls.WaitAsync();
        await _daemon.KillAsync();
        _daemon.Jobs.Change(1, job => (job.State, job.ExitCode) = (JobState.Failed, 7));
        await _daemon.ListenAsync();
        Assert.Equal(7, await running);
    }

    [Fact(Timeout = 30_000)]
    public async Task Retry_makes_a_new_job_of_an_ended_one_only()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Failed);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("retry", "1"));
        Assert.Equal("Submitted job 2 (train.py), a retry of job 1\n", cli.Output);
        using var again = Cli();
        Assert.Equal(1, await again.RunAsync("retry", "2"));
        Assert.Equal("whirrctl: job 2 is queued\n", again.Error);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

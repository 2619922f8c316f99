using System.Text;
using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class FollowingTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Logs_copies_the_log_byte_for_byte()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        _daemon.Logs.Content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300_000).Select(i => $"line {i}\n")));
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "1"));
        Assert.Equal(Encoding.UTF8.GetString(_daemon.Logs.Content), cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Logs_shows_the_last_lines()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Running);
        _daemon.Logs.Content = "a\nb\nc\n"u8.ToArray();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "-n", "2", "1"));
        Assert.Equal("b\nc\n", cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("logs", "1")]
    [InlineData("logs", "-f", "1")]
    public async Task Logs_goes_on_behind_what_is_left_out(params string[] command)
    {
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        _daemon.Logs.Content = Encoding.UTF8.GetBytes(new string('x', 500) + new string('\0', 3_000_000) + new string('y', 500));
        _daemon.Logs.Gap = 500..3_000_500;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync(command));
        Assert.Equal(new string('x', 500) + new string('y', 500), cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_queued_job_has_no_output_yet()
    {
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "1"));
        Assert.Empty(cli.Output);
        Assert.Equal("Job 1 is queued: no output yet\n", cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_gone_is_not_called_empty()
    {
        _daemon.Jobs.Add(job => (job.State, job.RunDir) = (JobState.Completed, "/no/such/run"));
        _daemon.Jobs.Add(job => (job.State, job.RunDir) = (JobState.Completed, _daemon.Place));
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "output.log"), "");
        using var gone = Cli();
        Assert.Equal(0, await gone.RunAsync("logs", "1"));
        Assert.Equal("Job 1 completed; no log: /no/such/run/output.log is not there\n", gone.Error);
        using var empty = Cli();
        Assert.Equal(0, await empty.RunAsync("logs", "2"));
        Assert.Equal("Job 2 completed; it wrote nothing\n", empty.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Following_goes_on_where_it_was_when_the_daemon_restarts()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        _daemon.Logs.Content = Encoding.UTF8.GetBytes(new string('x', 500) + new string('y', 500));
        _daemon.Logs.ChunkBytes = 300;
        _daemon.Logs.Breaks = 3;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "-f", "1"));
        Assert.Equal(Encoding.UTF8.GetString(_daemon.Logs.Content), cli.Output);
        Assert.Equal([0, 300, 600, 900], _daemon.Logs.Followed.Select(request => request.Offset));
        Assert.Equal("Job 1 completed\n", cli.Error);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("logs", "-f", 0)]
    [InlineData("attach", "--json", 130)]
    public async Task Ctrl_C_detaches_and_leaves_the_job_alone(string verb, string option, int code)
    {
        var job = _daemon.Jobs.Add(each => each.State = JobState.Running);
        _daemon.Logs.Endless = true;
        using var cli = Cli();
        var running = cli.RunAsync(verb, option, "1");
        await _daemon.Logs.FollowReachedEnd.WaitAsync();
        await cli.InterruptAsync();
        Assert.Equal(code, await running);
        Assert.Equal(option == "--json" ? "" : "Detached; job 1 goes on (whirrctl attach 1)\n", cli.Error);
        Assert.Equal(JobState.Running, job.State);
        Assert.Empty(_daemon.Jobs.Cancelled);
    }

    [Fact(Timeout = 30_000)]
    public async Task Attach_ends_as_the_job_did()
    {
        _daemon.Jobs.Add(job => (job.State, job.ExitCode, job.Reason) = (JobState.Failed, 3, "exit_code"));
        _daemon.Logs.Content = "bye\n"u8.ToArray();
        using var cli = Cli();
        Assert.Equal(3, await cli.RunAsync("attach", "1"));
        Assert.Equal("bye\n", cli.Output);
        Assert.Equal(10u, _daemon.Logs.Followed[0].TailLines);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_character_cut_by_a_chunk_is_whole_in_json()
    {
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        _daemon.Logs.Content = "aé🙂"u8.ToArray();
        _daemon.Logs.ChunkBytes = 2;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "-f", "--json", "1"));
        var text = string.Concat(cli.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()));
        Assert.Equal("aé🙂", text);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class LimitOptionsTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Limits_reach_the_daemon()
    {
        var job = await SubmitAsync(
            "--time", "8h", "--warn-signal", "USR1@5m", "--memory", "8G", "--cpus", "2.5", "--pids", "500", "--nice", "-5", "--ionice", "best-effort",
            "--umask", "027", "--rlimit", "nofile=4096", "--rlimit", "CORE=0:unlimited", "--log-limit", "none");
        Assert.Equal(8 * 3600, job.Limits.Time.Seconds);
        Assert.Equal((10u, 300L), (job.Limits.WarnSignal, job.Limits.WarnBefore.Seconds));
        Assert.Equal((8UL << 30, 2500u, 500u), (job.Limits.MemoryBytes, job.Limits.CpuMillis, job.Limits.Pids));
        Assert.Equal((-5, "best-effort:4"), (job.Limits.Nice, job.Limits.Ionice));
        Assert.Equal(23u, job.Umask);
        Assert.Equal(
            [new ProcessLimit { Resource = "nofile", Soft = 4096, Hard = 4096 }, new ProcessLimit { Resource = "core", Soft = 0 }],
            job.Limits.Rlimits);
        Assert.True(job.Limits.HasLogBytes);
        Assert.Equal(0UL, job.Limits.LogBytes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Retries_watches_and_notices_reach_the_daemon()
    {
        var job = await SubmitAsync(
            "--retries", "3", "--retry-on", "exit:75, signal,lost,time", "--backoff", "10s..5m", "--stall", "30m", "--on-stall", "dump",
            "--stall-signal", "QUIT", "--fail-on-nan", "--notify", "failure,end", "--notify-to", "mail", "--notify-to", "https://example.org/x");
        Assert.Equal((3u, "exit:75,signal,time", OnLost.Requeue), (job.Retry.Retries, job.Retry.RetryOn, job.OnLost));
        Assert.Equal((10L, 300L), (job.Retry.FirstPause.Seconds, job.Retry.LongestPause.Seconds));
        Assert.Equal((1800L, OnStall.Dump, 3u, true), (job.Watch.StallAfter.Seconds, job.Watch.OnStall, job.Watch.StallSignal, job.Watch.FailOnNan));
        Assert.Equal("end,failure", job.Notices.Events);
        Assert.Equal(["mail", "https://example.org/x"], job.Notices.Targets);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_without_limits_asks_for_none()
    {
        var job = await SubmitAsync();
        Assert.True(job is { Limits: null, Retry: null, Watch: null, Notices: null });
    }

    [Fact(Timeout = 30_000)]
    public async Task One_pause_is_for_all_retries_and_lost_alone_is_a_policy()
    {
        var job = await SubmitAsync("--retries", "1", "--backoff", "1m");
        Assert.Equal((60L, 60L), (job.Retry.FirstPause.Seconds, job.Retry.LongestPause.Seconds));
        job = await SubmitAsync("--retry-on", "lost");
        Assert.Equal((OnLost.Requeue, ""), (job.OnLost, job.Retry.RetryOn));
    }

    [Fact(Timeout = 30_000)]
    public async Task Somebody_named_without_an_event_is_told_of_end_and_stall()
    {
        Assert.Equal("end,stall,alert", (await SubmitAsync("--notify-to", "mail:ada@example.org")).Notices.Events);
        Assert.Equal("none", (await SubmitAsync("--notify", "none")).Notices.Events);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("like 8h", "--time", "soon")]
    [InlineData("time_limit", "--time", "0")]
    [InlineData("USR1@5m", "--time", "8h", "--warn-signal", "USR1")]
    [InlineData("USR1@5m", "--time", "8h", "--warn-signal", "FOO@5m")]
    [InlineData("--time", "--warn-signal", "USR1@5m")]
    [InlineData("not within the time limit", "--time", "1m", "--warn-signal", "USR1@5m")]
    [InlineData("8GiB", "--memory", "8GB")]
    [InlineData("1 MiB", "--memory", "8")]
    [InlineData("like 2 or 0.5", "--cpus", "0")]
    [InlineData("like 500", "--pids", "0")]
    [InlineData("from -20", "--nice", "20")]
    [InlineData("best-effort:7", "--ionice", "best-effort:8")]
    [InlineData("like 022", "--umask", "088")]
    [InlineData("like 022", "--umask", "1000")]
    [InlineData("no resource \"files\"", "--rlimit", "files=3")]
    [InlineData("nofile=4096:8192", "--rlimit", "nofile=x")]
    [InlineData("nofile=4096:8192", "--rlimit", "nofile")]
    [InlineData("above the hard one", "--rlimit", "nofile=2:1")]
    [InlineData("named twice", "--rlimit", "nofile=2", "--rlimit", "nofile=1")]
    [InlineData("64 KiB", "--log-limit", "1k")]
    [InlineData("like 3", "--retries", "many")]
    [InlineData("not a cause of failure", "--retries", "1", "--retry-on", "boredom")]
    [InlineData("--retries 3", "--retry-on", "exit")]
    [InlineData("--retries 3", "--backoff", "1m")]
    [InlineData("does not use up retries", "--retries", "2", "--retry-on", "lost")]
    [InlineData("like 30s..10m", "--retries", "1", "--backoff", "a..b")]
    [InlineData("shorter than the first", "--retries", "1", "--backoff", "10m..30s")]
    [InlineData("between 5 seconds and 30 days", "--stall", "1s")]
    [InlineData("notify, dump, kill or retry", "--stall", "1m", "--on-stall", "shrug")]
    [InlineData("--stall 30m", "--on-stall", "kill")]
    [InlineData("on_stall dump only", "--stall", "1m", "--stall-signal", "QUIT")]
    [InlineData("say how many", "--stall", "1m", "--on-stall", "retry")]
    [InlineData("like failure,stall", "--notify", "everything")]
    [InlineData("like failure,stall", "--notify", "queue_empty")]
    [InlineData("mail:ada@example.org", "--notify-to", "ada")]
    public async Task A_wrong_value_is_named_with_what_is_right_and_submits_nothing(string part, params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(["submit", .. words, "true"]));
        Assert.StartsWith("whirrctl: ", cli.Error, StringComparison.Ordinal);
        Assert.Contains(part, cli.Error, StringComparison.Ordinal);
        Assert.Single(cli.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(_daemon.Jobs.Submitted);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_help_shows_options_under_headings()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "--help"));
        var at = -1;
        foreach (var part in new[] { "\nJob:\n", "--name", "\nLimits:\n", "--time", "\nWhen it fails or is lost:\n", "--retries", "\nWatching:\n", "--stall", "\nNotifications:\n", "--notify", "\nOptions:\n", "--quiet" })
        {
            var next = cli.Output.IndexOf(part, StringComparison.Ordinal);
            Assert.True(next > at, part);
            at = next;
        }
    }

    private async Task<JobSpec> SubmitAsync(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal((0, ""), (await cli.RunAsync(["submit", .. words, "true"]), cli.Error));
        return _daemon.Jobs.Submitted[^1].Job;
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}

using System.Text.Json;

namespace Whirr.Tests.Cli;

public sealed class DrainTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Drain_says_what_still_runs_and_status_says_who_drained()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("drain", "--why", "upgrade\u001b[31m"));
        Assert.Equal("Nothing is started until `whirrctl resume`; 1 job still runs\n", cli.Output);
        using var status = Cli();
        Assert.Equal(0, await status.RunAsync("status"));
        Assert.StartsWith("Drained by alice since 2024-10-04 ", status.Output, StringComparison.Ordinal);
        Assert.Contains(@": upgrade\x1b[31m; nothing is started, `whirrctl resume` goes on", status.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Resume_says_whether_there_was_anything_to_lift()
    {
        using var none = Cli();
        Assert.Equal(0, await none.RunAsync("resume"));
        Assert.Equal("The queue was not drained; 2 jobs are queued\n", none.Output);
        using var drain = Cli();
        Assert.Equal(0, await drain.RunAsync("drain"));
        using var resume = Cli();
        Assert.Equal(0, await resume.RunAsync("resume", "--json"));
        using var json = JsonDocument.Parse(resume.Output);
        Assert.Equal("alice", json.RootElement.GetProperty("lifted").GetProperty("by").GetString());
        Assert.Null(_daemon.Info.Reply.Hold);
    }

    [Fact(Timeout = 30_000)]
    public async Task Drain_waits_until_nothing_runs()
    {
        using var cli = Cli();
        var running = cli.RunAsync("drain", "--wait", "--json");
        await _daemon.Info.Asked.WaitAsync();
        await _daemon.Info.Asked.WaitAsync();
        Assert.False(running.IsCompleted);
        _daemon.Info.Reply.Running = 0;
        Assert.Equal(0, await running);
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(0, json.RootElement.GetProperty("running").GetInt32());
        Assert.Equal("alice", json.RootElement.GetProperty("hold").GetProperty("by").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Ctrl_C_ends_the_wait_and_not_the_drain()
    {
        using var cli = Cli();
        var running = cli.RunAsync("drain", "--wait");
        await _daemon.Info.Asked.WaitAsync();
        await cli.InterruptAsync();
        Assert.Equal(130, await running);
        Assert.Contains("stays drained, 1 job still runs", cli.Error, StringComparison.Ordinal);
        Assert.NotNull(_daemon.Info.Reply.Hold);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_drain_that_somebody_ends_is_not_waited_for()
    {
        using var cli = Cli();
        var running = cli.RunAsync("drain", "--wait");
        await _daemon.Info.Asked.WaitAsync();
        _daemon.Info.Reply.Hold = null;
        Assert.Equal(1, await running);
        Assert.Contains("Somebody let jobs be started again", cli.Error, StringComparison.Ordinal);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

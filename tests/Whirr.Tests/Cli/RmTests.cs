using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class RmTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("y\n", 0)]
    [InlineData("\n", 1)]
    [InlineData("", 1)]
    public async Task Somebody_at_a_terminal_is_asked(string answer, int code)
    {
        var run = Make("job-7");
        using var cli = new CommandLine { Socket = _daemon.Socket, CanAsk = true, Input = answer };
        Assert.Equal(code, await cli.RunAsync("rm", "job-7"));
        Assert.Matches(@"^This removes run job-7: 2 files, \d+ KiB for good\. Go on\?", cli.Error);
        Assert.Equal(code != 0, Directory.Exists(run.RunDir));
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_removed_without_an_answer()
    {
        var run = Make("job-7");
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("rm", "job-7"));
        Assert.Contains("--yes", cli.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(run.RunDir));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_lies_behind_a_link_stays()
    {
        var run = Make("job-7");
        var kept = Directory.CreateDirectory(Path.Combine(_daemon.Place, "kept")).FullName;
        await File.WriteAllTextAsync(Path.Combine(kept, "data"), "data");
        Directory.CreateSymbolicLink(Path.Combine(run.RunDir, "link"), kept);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("rm", "--yes", "--json", "job-7"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal("job-7", json.RootElement.GetProperty("run_ids")[0].GetString());
        Assert.True(json.RootElement.GetProperty("bytes").GetInt64() >= 64 * 1024);
        Assert.False(Directory.Exists(run.RunDir));
        Assert.True(File.Exists(Path.Combine(kept, "data")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(JobState.Running)]
    [InlineData(JobState.Queued)]
    [InlineData(JobState.Unspecified)]
    public async Task A_run_that_lives_is_not_removed_nor_what_was_named_beside_it(JobState state)
    {
        var (ended, live) = (Make("job-7"), Make("job-8"));

        // The files say that it ended; the daemon knows better.
        live.Write("meta.json", """{"status": "completed"}""");
        live.State = state;
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("rm", "--yes", "job-7", live.RunDir));
        Assert.Contains("job-8 has not ended", cli.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(live.RunDir) && Directory.Exists(ended.RunDir));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_directory_that_is_no_run_is_left_alone()
    {
        var run = Make("job-7");
        File.Delete(Path.Combine(run.RunDir, "meta.json"));
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("rm", "--yes", "job-7"));
        Assert.True(Directory.Exists(run.RunDir));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dry_run_only_looks()
    {
        var run = Make("job-7");
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("rm", "--dry-run", "job-7"));
        Assert.StartsWith("This would remove run job-7: 2 files", cli.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(run.RunDir));
    }

    private Run Make(string id)
    {
        var run = _daemon.MakeRun(id);
        run.Write("artifacts/model", new string('x', 64 * 1024));
        return run;
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

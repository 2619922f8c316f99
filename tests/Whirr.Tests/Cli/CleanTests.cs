using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class CleanTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _daemon.Jobs.WouldClean = new CleanReply { JobIds = { 3, 4, 5, 6, 7, 19 }, RunDirs = 5, Bytes = 3UL << 30 };
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_dry_run_only_looks()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("clean", "--older-than", "30d", "--keep", "10", "--state", "failed,cancelled", "--runs", "--dry-run"));
        Assert.Equal("This would remove 6 jobs (3, 4, 5, ... 19) and 5 run directories (3.0 GiB)\n", cli.Output);
        var request = Assert.Single(_daemon.Jobs.Cleaned);
        Assert.Equal((true, true, 10u), (request.DryRun, request.RemoveRuns, request.Keep));
        Assert.Equal([JobState.Failed, JobState.Cancelled], request.States);
        var age = DateTimeOffset.UtcNow - request.EndedBefore.ToDateTimeOffset();
        Assert.InRange(age.TotalDays, 30, 30.1);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_shown_is_removed_and_not_what_ended_since()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("clean"));
        Assert.Equal("Removed 6 jobs (3, 4, 5, ... 19) from the queue; run directories stay\n", cli.Output);
        var (shown, done) = (_daemon.Jobs.Cleaned[0], _daemon.Jobs.Cleaned[1]);
        Assert.Equal((true, false), (shown.DryRun, done.DryRun));
        Assert.NotNull(shown.EndedBefore);
        done.DryRun = true;
        Assert.Equal(shown, done);
    }

    [Fact(Timeout = 30_000)]
    public async Task More_ids_than_one_call_takes_are_sent_in_several()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync(["clean", "--dry-run", .. Enumerable.Range(1, 1_500).Select(id => $"{id}")]));
        Assert.Equal([1_000, 500], _daemon.Jobs.Cleaned.Select(request => request.Ids.Count));
        Assert.StartsWith("This would remove 12 jobs", cli.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("y\n", 0)]
    [InlineData("yes\n", 0)]
    [InlineData("\n", 1)]
    [InlineData("", 1)]
    [InlineData("n\n", 1)]
    public async Task Somebody_at_a_terminal_is_asked(string answer, int code)
    {
        using var cli = new CommandLine { Socket = _daemon.Socket, CanAsk = true, Input = answer };
        Assert.Equal(code, await cli.RunAsync("clean"));
        Assert.StartsWith("This removes 6 jobs", cli.Error, StringComparison.Ordinal);
        Assert.Equal(code == 0, _daemon.Jobs.Cleaned.Exists(request => !request.DryRun));
    }

    [Theory(Timeout = 30_000)]
    [InlineData]
    [InlineData("--json")]
    public async Task Run_directories_are_not_removed_without_an_answer(params string[] more)
    {
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync(["clean", "--runs", .. more]));
        Assert.Contains("--yes", cli.Error, StringComparison.Ordinal);
        Assert.All(_daemon.Jobs.Cleaned, request => Assert.True(request.DryRun));
        using var sure = Cli();
        Assert.Equal(0, await sure.RunAsync(["clean", "--runs", "--yes", .. more]));
        Assert.True(_daemon.Jobs.Cleaned[^1] is { DryRun: false, RemoveRuns: true });
    }

    [Fact(Timeout = 30_000)]
    public async Task What_could_not_be_removed_is_told_and_fails()
    {
        _daemon.Jobs.WouldClean.Problems.Add("the run directory of job 3 is not there");
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("clean", "--json", "3"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(1, json.RootElement.GetProperty("problems").GetArrayLength());
        Assert.False(json.RootElement.GetProperty("dry_run").GetBoolean());
        Assert.Equal([3], _daemon.Jobs.Cleaned[0].Ids);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_to_remove_is_no_failure()
    {
        _daemon.Jobs.WouldClean = new CleanReply();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("clean", "--runs"));
        Assert.Equal("There is nothing to remove\n", cli.Output);
        Assert.Single(_daemon.Jobs.Cleaned);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("clean", "--state", "running")]
    [InlineData("clean", "--older-than", "long")]
    [InlineData("clean", "--keep", "-1")]
    public async Task A_wrong_choice_is_refused(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(words));
        Assert.Empty(_daemon.Jobs.Cleaned);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class ExtendTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("+2h", 7_200, null, "Job 1 may run for 10h\n")]
    [InlineData("-30m", -1_800, null, "Job 1 may run for 7h 30m\n")]
    [InlineData("10h", null, 36_000, "Job 1 may run for 10h\n")]
    public async Task A_limit_is_changed_by_or_to(string change, int? by, int? limit, string expected)
    {
        Add();
        using var cli = Cli();
        Assert.Equal((0, ""), (await cli.RunAsync("extend", "1", change), cli.Error));
        Assert.Equal(expected, cli.Output);
        var request = Assert.Single(_daemon.Jobs.Extended);
        Assert.Equal((1L, by, limit), (request.Id, (int?)request.By?.Seconds, (int?)request.Limit?.Seconds));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_limit_is_taken_away_with_the_words_in_any_order()
    {
        Add();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("extend", "--json", "1", "none"));
        Assert.True(Assert.Single(_daemon.Jobs.Extended).Unlimited);
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("limits").GetProperty("time_seconds").ValueKind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_a_running_job_it_says_what_is_left()
    {
        Add(job =>
        {
            (job.State, job.Attempt) = (JobState.Running, 1);
            job.StartedAt = DateTimeOffset.UtcNow.AddHours(-1).AddSeconds(-30).ToTimestamp();
        });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("extend", "1", "+2h"));
        Assert.Equal("Job 1 may run for 10h; 8h 59m of it left\n", cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("extend", "1", "+")]
    [InlineData("extend", "1", "more")]
    [InlineData("extend", "1", "+0s")]
    [InlineData("extend", "1")]
    [InlineData("extend", "x", "+2h")]
    public async Task What_is_no_change_is_refused(params string[] words)
    {
        Add();
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(words));
        Assert.Empty(_daemon.Jobs.Extended);
    }

    private void Add(Action<Job>? change = null) => _daemon.Jobs.Add(job =>
    {
        job.Limits = new JobLimits { Time = new Duration { Seconds = 8 * 3_600 } };
        change?.Invoke(job);
    });

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}

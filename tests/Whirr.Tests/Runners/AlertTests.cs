using System.Threading.Channels;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Runners;

/// <summary>What a script wants people to know gets to a daemon, whatever happens to daemons meanwhile.</summary>
[Trait("needs", "programs")]
public sealed class AlertTests
{
    private const int Limit = 120_000;

    private const string Script = """cd "$WHIRR_RUN_DIR"; """;

    [Fact(Timeout = Limit)]
    public async Task An_alert_is_told_until_it_is_acknowledged_and_not_any_more_then()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", $$"""{{Script}} mkfifo go; printf '%s\n' '{"title":"loss","text":"is\nhigh","level":"error"}' >> alerts.jsonl; read x < go; echo '{"title":"two"}' >> alerts.jsonl; exec sleep 1000""");
        var first = await NextAsync(Listen(await world.StartAsync(job)));
        Assert.Equal("error: loss: is high", first.Sentence);

        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        Assert.Equal(first, await NextAsync(Listen(adopted)));
        adopted.AcknowledgeAlert(first.At);
        await File.WriteAllTextAsync($"{world.RunDirOf(job)}/go", "\n");
        await world.RestartDaemonAsync();
        var last = await world.Runner.AdoptAsync(job, CancellationToken.None);

        var second = await NextAsync(Listen(last));
        Assert.Equal("warn: two", second.Sentence);
        Assert.True(second.At > first.At);
        await EndAsync(last);
    }

    [Fact(Timeout = Limit)]
    public async Task The_last_words_of_a_job_come_with_its_end_also_when_no_daemon_was_there()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", $$"""{{Script}} mkfifo go; read x < go; echo '{"title":"diverged"}' >> alerts.jsonl; exit 3""");
        await (await world.StartAsync(job)).Started;
        await Facts.UntilAsync(() => File.Exists($"{world.RunDirOf(job)}/go"));
        await world.RestartDaemonAsync();
        await File.WriteAllTextAsync($"{world.RunDirOf(job)}/go", "\n");
        await World.FileAsync($"{world.AttemptDirOf(job)}/exit.json");

        var ended = await (await world.Runner.AdoptAsync(job, CancellationToken.None)).Ended;

        Assert.Equal("warn: diverged", Assert.Single(ended.Alerts).Sentence);
    }

    [Fact(Timeout = Limit)]
    public async Task A_flood_is_told_in_part_and_where_the_rest_is()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", $$"""{{Script}} for i in $(seq 30); do echo "{\"title\":\"$i $(head -c 300 /dev/zero | tr '\0' x)\",\"text\":\"$(head -c 3000 /dev/zero | tr '\0' y)\"}" >> alerts.jsonl; done; exec sleep 1000""");
        var attempt = await world.StartAsync(job);
        var alerts = Listen(attempt);
        var told = new List<AttemptAlert>();
        for (var i = 0; i < 21; i++)
        {
            told.Add(await NextAsync(alerts));
        }

        Assert.Equal("warn: more alerts are in alerts.jsonl: 20 in an hour are told, and this job has more", told[^1].Sentence);
        Assert.All(told.Take(20), (alert, i) => Assert.Matches($"^warn: {i + 1} x{{{200 - 2 - $"{i + 1}".Length}}}…: y{{1999}}…$", alert.Sentence));
        Assert.Equal(told.Select(alert => alert.At).Distinct().Order(), told.Select(alert => alert.At));
        attempt.Cancel(TimeSpan.Zero);
        Assert.Equal(21, (await attempt.Ended).Alerts.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Of_an_earlier_attempt_and_of_lines_that_are_none_nothing_is_told()
    {
        await using var world = new World();
        var first = world.NewJob("sh", "-c", $$"""{{Script}} echo '{"title":"old"}' >> alerts.jsonl""");
        await (await world.StartAsync(first)).Ended;
        var again = World.Again(first);
        var second = again with
        {
            Settings = again.Settings with
            {
                CommandArgv = ["sh", "-c", $$"""{{Script}} printf 'x\n{"title":7}\n{}\n[]\n{"title":"a\\ud800"}\n{"title":"new"}\n{"title":"torn' >> alerts.jsonl"""],
            },
        };

        Assert.Equal(["warn: new"], (await (await world.StartAsync(second)).Ended).Alerts.Select(alert => alert.Sentence));
    }

    [Theory(Timeout = Limit)]
    [InlineData("mkfifo alerts.jsonl")]
    [InlineData("ln -s /dev/zero alerts.jsonl")]
    [InlineData("mkdir alerts.jsonl")]
    public async Task Something_else_in_the_place_of_the_file_holds_nothing_up(string trick)
    {
        await using var world = new World();

        var ended = await (await world.StartAsync(world.NewJob("sh", "-c", $"{Script} {trick}; exit 7"))).Ended;

        Assert.Equal((7, 0), (Assert.IsType<AttemptEnding.Exited>(ended).ExitCode, ended.Alerts.Count));
    }

    private static ChannelReader<AttemptAlert> Listen(IAttempt attempt)
    {
        var alerts = Channel.CreateUnbounded<AttemptAlert>();
        attempt.Signed += sign =>
        {
            if (sign is AttemptSign.Alerted alerted)
            {
                alerts.Writer.TryWrite(alerted.Alert);
            }
        };
        return alerts.Reader;
    }

    private static async Task<AttemptAlert> NextAsync(ChannelReader<AttemptAlert> alerts) => await alerts.ReadAsync();

    private static async Task EndAsync(IAttempt attempt)
    {
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;
    }
}

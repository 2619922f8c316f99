using Whirr.Domain.Jobs;

namespace Whirr.Tests.Runners;

/// <summary>A training run whose loss is NaN is ended at once, with the place.</summary>
[Trait("needs", "programs")]
public sealed class NanMetricTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task The_first_NaN_ends_the_job_and_names_the_place()
    {
        await using var world = new World();
        var job = Watched(world, """
            cd "$WHIRR_RUN_DIR"; seq 1 119 | sed 's/.*/{"step":&,"loss":0.5}/' >> metrics.jsonl
            printf '{"step":120,"lo' >> metrics.jsonl; sleep 0.1; printf 'ss":NaN}\n' >> metrics.jsonl; exec sleep 1000
            """);

        var ended = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal(EndedBy.NanMetric, ended.By);
        Assert.Equal("metric loss was NaN at step 120 (line 120 of metrics.jsonl)", ended.Detail);
    }

    [Fact(Timeout = Limit)]
    public async Task What_an_earlier_attempt_measured_does_not_count()
    {
        await using var world = new World();
        var first = Watched(world, """echo '{"old":NaN}' >> "$WHIRR_RUN_DIR/metrics.jsonl"; exec sleep 1000""");
        await (await world.StartAsync(first)).Ended;
        var again = World.Again(first);
        var second = again with
        {
            Settings = again.Settings with
            {
                CommandArgv = ["sh", "-c", """cd "$WHIRR_RUN_DIR"; echo '{"new":1}' >> metrics.jsonl; echo '{"new":"-inf"}' >> metrics.jsonl; exec sleep 1000"""],
            },
        };

        var ended = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(second)).Ended);

        Assert.Equal("metric new was -Infinity (line 3 of metrics.jsonl)", ended.Detail);
    }

    [Fact(Timeout = Limit)]
    public async Task Lines_that_cannot_be_read_are_passed_over()
    {
        await using var world = new World();
        var job = Watched(world, """
            cd "$WHIRR_RUN_DIR"; printf '{"torn":NaN{"x":1}\n' >> metrics.jsonl
            { printf '{"long":"'; head -c 3000000 /dev/zero | tr '\0' x; printf '","a":NaN}\n'; } >> metrics.jsonl
            printf '\033]0;x\007{"no":NaN}\n{"\\u001bodd":NaN}\n' >> metrics.jsonl; exec sleep 1000
            """);

        var ended = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal("metric ?odd was NaN (line 4 of metrics.jsonl)", ended.Detail);
    }

    [Theory(Timeout = Limit)]
    [InlineData("mkfifo metrics.jsonl")]
    [InlineData("ln -s /dev/zero metrics.jsonl")]
    [InlineData("mkdir metrics.jsonl")]
    public async Task Something_else_in_the_place_of_the_file_holds_nothing_up(string trick)
    {
        await using var world = new World();
        var job = Watched(world, $"cd \"$WHIRR_RUN_DIR\"; {trick}; : > x; exec sleep 1000");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await Facts.UntilAsync(() => File.Exists($"{world.RunDirOf(job)}/x"));

        attempt.Cancel(TimeSpan.Zero);

        Assert.Equal(EndedBy.Cancel, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
    }

    private static Job Watched(World world, string script)
    {
        var job = world.NewJob("sh", "-c", script);
        return job with { Settings = job.Settings with { Watch = new JobWatch { FailOnNan = true } } };
    }
}

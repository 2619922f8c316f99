using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.KeeperContract;

namespace Whirr.Tests.Runners;

/// <summary>Jobs that may run for so long and no longer.</summary>
[Trait("needs", "programs")]
public sealed class TimeLimitTests
{
    private const int Limit = 60_000;
    private static readonly TimeSpan Ever = TimeSpan.FromDays(1);

    [Fact(Timeout = Limit)]
    public async Task A_job_is_ended_when_its_time_is_up()
    {
        await using var world = new World();
        var job = Limited(world.NewJob(world.Program, "sleep"), TimeSpan.FromMilliseconds(200));

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((15, EndedBy.TimeLimit, "it ran for as long as it may (0.2s) and was ended"), (exited.Signal, exited.By, exited.Detail));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("failed", meta.RootElement.GetProperty("status").GetString());
        Assert.Equal("time_limit", meta.RootElement.GetProperty("reason").GetString());
        Assert.Equal(exited.Detail, meta.RootElement.GetProperty("reason_detail").GetString());
    }

    [Fact(Timeout = Limit)]
    public async Task Its_end_has_the_grace_of_the_job_and_then_no_more()
    {
        await using var world = new World();
        var job = Limited(world.NewJob(world.Program, "ignore-term"), TimeSpan.FromMilliseconds(300));
        job = job with { Settings = job.Settings with { KillGracePeriod = TimeSpan.FromMilliseconds(100) } };

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((9, EndedBy.TimeLimit), (exited.Signal, exited.By));
    }

    [Fact(Timeout = Limit)]
    public async Task The_limit_holds_while_no_daemon_is_there()
    {
        await using var world = new World();
        var job = Limited(world.NewJob(world.Program, "sleep"), TimeSpan.FromMilliseconds(500));
        await (await world.StartAsync(job)).Started;
        await world.Runner.DisposeAsync();

        await World.FileAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}");
        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.Equal(EndedBy.TimeLimit, Assert.IsType<AttemptEnding.Exited>(await adopted.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task A_limit_can_be_extended_while_the_job_runs()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Limited(world.NewJob("sleep", "2.2"), TimeSpan.FromSeconds(2)));
        await attempt.Started;

        attempt.SetTimeLimit(Ever);

        Assert.Equal((0, EndedBy.Itself), Assert.IsType<AttemptEnding.Exited>(await attempt.Ended) is var exited ? (exited.ExitCode, exited.By) : default);
    }

    [Fact(Timeout = Limit)]
    public async Task A_limit_can_be_taken_away_and_set_again()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Limited(world.NewJob("sleep", "1.2"), TimeSpan.FromSeconds(1)));
        await attempt.Started;
        attempt.SetTimeLimit(null);
        Assert.Equal(EndedBy.Itself, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);

        var second = await world.StartAsync(world.NewJob(world.Program, "sleep"));
        await second.Started;
        second.SetTimeLimit(TimeSpan.FromMilliseconds(50));
        Assert.Equal(EndedBy.TimeLimit, Assert.IsType<AttemptEnding.Exited>(await second.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task A_limit_that_is_shortened_into_the_past_ends_the_job_at_once()
    {
        await using var world = new World();
        var job = Limited(world.NewJob("sh", "-c", "trap 'echo warned' USR1; echo ready; while :; do sleep 0.01; done"), Ever, TimeSpan.FromHours(1));
        var attempt = await world.StartAsync(job);
        await world.LogOnceStartedAsync(attempt, job, "ready");

        attempt.SetTimeLimit(TimeSpan.FromMilliseconds(1));

        Assert.Equal(EndedBy.TimeLimit, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
        Assert.DoesNotContain("warned", world.LogOf(job), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task The_main_process_is_warned_ahead_and_again_for_each_new_end()
    {
        var before = TimeSpan.FromHours(1);
        await using var world = new World();
        var job = Limited(world.NewJob("bash", "-c", "trap 'echo warned $((++n))' USR1; echo ready; while :; do sleep 0.01; done"), Ever, before);
        var attempt = await world.StartAsync(job);
        await world.LogOnceStartedAsync(attempt, job, "ready");

        attempt.SetTimeLimit(before + TimeSpan.FromMilliseconds(1));
        await world.LogWithAsync(job, "warned 1");
        attempt.SetTimeLimit(before + TimeSpan.FromMilliseconds(1));
        attempt.SetTimeLimit(before + TimeSpan.FromMilliseconds(2));
        await world.LogWithAsync(job, "warned 2");
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;

        Assert.DoesNotContain("warned 3", world.LogOf(job), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_warning_comes_by_itself_and_the_end_after_it()
    {
        await using var world = new World();
        var job = Limited(
            world.NewJob("bash", "-c", "trap 'echo warned; exit 3' USR1; while :; do sleep 0.01; done"), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(500));

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((3, EndedBy.Itself), (exited.ExitCode, exited.By));
        Assert.Equal("warned\n", world.LogOf(job));
    }

    private static Job Limited(Job job, TimeSpan time, TimeSpan? warnBefore = null)
    {
        const int User1 = 10;
        TimeWarning? warning = warnBefore is { } before ? new TimeWarning(User1, before) : null;
        return job with { Settings = job.Settings with { Limits = new JobLimits { Time = time, Warning = warning } } };
    }
}

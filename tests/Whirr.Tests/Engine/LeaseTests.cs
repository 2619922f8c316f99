using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

public sealed class LeaseTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 30_000)]
    public async Task The_lease_of_an_attempt_that_answers_is_renewed_and_that_of_a_silent_one_is_not()
    {
        await using var engine = await EngineFixture.StartAsync();
        var (one, two) = (await RunningAsync(engine), await RunningAsync(engine));
        await engine.Leases.RunOnceAsync(engine.Limit);
        one.Live();
        engine.Time.Advance(Interval);
        await engine.Leases.RunOnceAsync(engine.Limit);

        var answered = (await engine.Store.FindAsync(one.Key.JobId, engine.Limit))!.Attempt!;
        Assert.Equal((engine.Time.GetUtcNow(), engine.Time.GetUtcNow() + TimeSpan.FromSeconds(120)), (answered.HeartbeatAt, answered.LeaseExpiresAt));
        Assert.Null((await engine.Store.FindAsync(two.Key.JobId, engine.Limit))!.Attempt!.LeaseExpiresAt);
        Assert.Equal(3, one.Pings);
    }

    [Fact(Timeout = 30_000)]
    public async Task Lost_lease_stops_the_attempt_without_reporting_a_result()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        var job = (await engine.Store.FindAsync(attempt.Key.JobId, engine.Limit))!;
        var taken = new AttemptEnding.Vanished(EndReason.LeaseExpired, "given to another node") { EndedAt = engine.Time.GetUtcNow() };
        var verdict = new AttemptVerdict(JobTrigger.Lost, EndReason.LeaseExpired, "given to another node", EndReason.LeaseExpired);
        Assert.True(await engine.Store.EndAttemptAsync(new AttemptEnd(attempt.Key, job.State, taken, verdict, JobState.Lost), engine.Limit));
        attempt.Live();
        await engine.Leases.RunOnceAsync(engine.Limit);

        Assert.Equal(TimeSpan.Zero, await attempt.Cancelled.WaitAsync(engine.Limit));
        attempt.Exit(0, engine.Time.GetUtcNow());
        await attempt.Forgotten.WaitAsync(engine.Limit);
        var now = (await engine.Store.FindAsync(job.Id, engine.Limit))!;
        Assert.Equal((JobState.Lost, EndReason.LeaseExpired, null), (now.State, now.Reason, now.Attempt!.ExitCode));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancellation_that_got_lost_on_its_way_is_passed_on_with_the_next_renewal()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        Assert.True(await engine.Store.RequestCancelAsync(attempt.Key.JobId, JobState.Running, "cancelled by alice", engine.Time.GetUtcNow(), engine.Limit));
        attempt.Live();
        await engine.Leases.RunOnceAsync(engine.Limit);

        Assert.Equal(TimeSpan.FromSeconds(7), await attempt.Cancelled.WaitAsync(engine.Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_silent_attempt_is_told_once_and_never_ended()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        attempt.Live();
        for (var round = 0; round < 8; round++)
        {
            await engine.Leases.RunOnceAsync(engine.Limit);
            engine.Time.Advance(Interval);
        }

        Assert.Equal(1, await SilentEventsAsync(engine, attempt));
        Assert.False(attempt.Cancelled.IsCompleted);
        Assert.Equal(JobState.Running, (await engine.Store.FindAsync(attempt.Key.JobId, engine.Limit))!.State);

        attempt.Live();
        for (var round = 0; round < 8; round++)
        {
            await engine.Leases.RunOnceAsync(engine.Limit);
            engine.Time.Advance(Interval);
        }

        Assert.Equal(2, await SilentEventsAsync(engine, attempt));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_keeper_of_an_older_version_that_knows_no_pings_is_not_called_silent()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        for (var round = 0; round < 8; round++)
        {
            await engine.Leases.RunOnceAsync(engine.Limit);
            engine.Time.Advance(Interval);
        }

        Assert.Equal(0, await SilentEventsAsync(engine, attempt));
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_daemon_or_the_machine_slept_nobodys_silence_counts()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        attempt.Live();
        await engine.Leases.RunOnceAsync(engine.Limit);
        engine.Time.Advance(TimeSpan.FromMinutes(30));
        await engine.Leases.RunOnceAsync(engine.Limit);
        engine.Time.Advance(Interval);
        await engine.Leases.RunOnceAsync(engine.Limit);

        Assert.Equal(0, await SilentEventsAsync(engine, attempt));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stall_and_its_end_are_recorded_once_each()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        attempt.Say(new AttemptSign.Stalled("no output for 30m"));
        attempt.Say(new AttemptSign.Stalled("no output for 30m"));
        Assert.Equal("no output for 30m", engine.Live.Find(attempt.Key.JobId)!.Stalled);
        attempt.Say(new AttemptSign.Resumed());
        Assert.Null(engine.Live.Find(attempt.Key.JobId)!.Stalled);

        var expected = new[] { JobTrigger.Stalled, JobTrigger.Resumed };
        using var subscription = engine.Changes.Subscribe(attempt.Key.JobId);
        IReadOnlyList<JobTrigger> seen;
        while ((seen = await TriggersAsync(engine, attempt)).Count(expected.Contains) < 2)
        {
            await subscription.NextAsync(engine.Limit);
        }

        Assert.Equal(expected, seen.Where(expected.Contains));
    }

    private static async Task<ScriptedAttempt> RunningAsync(EngineFixture engine)
    {
        var id = await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Running);
        return attempt;
    }

    private static async Task<IReadOnlyList<JobTrigger>> TriggersAsync(EngineFixture engine, ScriptedAttempt attempt) =>
        [.. (await engine.Store.EventsAsync(attempt.Key.JobId, 0, 100, engine.Limit)).Select(e => e.Trigger)];

    private static async Task<int> SilentEventsAsync(EngineFixture engine, ScriptedAttempt attempt) =>
        (await TriggersAsync(engine, attempt)).Count(trigger => trigger == JobTrigger.Silent);
}

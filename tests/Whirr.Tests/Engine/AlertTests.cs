using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

public sealed class AlertTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task An_alert_is_in_the_log_of_the_job_once_however_often_it_is_told()
    {
        await using var engine = await EngineFixture.StartAsync();
        var attempt = await RunningAsync(engine);
        var (one, two) = (Alert(engine, "warn: one", 1), Alert(engine, "warn: two", 2));
        foreach (var alert in (AttemptAlert[])[one, two, one, two])
        {
            attempt.Say(new AttemptSign.Alerted(alert));
        }

        attempt.Exit(0, engine.Time.GetUtcNow());
        await attempt.Forgotten.WaitAsync(engine.Limit);

        Assert.Equal([("warn: one", one.At), ("warn: two", two.At)], await AlertsAsync(engine, attempt.Key.JobId));
        Assert.Equal([one.At, two.At, one.At, two.At], attempt.Acknowledged);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_next_daemon_is_told_again_is_not_recorded_again()
    {
        await using var engine = await EngineFixture.StartAsync(beforeStart: async fixture =>
        {
            // A daemon that died between recording the first alert and saying so.
            var settings = EngineFixture.Describe("run", EngineFixture.Alice, fixture.Time.GetUtcNow());
            await fixture.Store.AddAsync([settings], fixture.Limit);
            var claimed = (await fixture.Store.ClaimAsync("here", 1, fixture.Time.GetUtcNow(), fixture.Limit))[0].Job;
            await fixture.Store.MarkStartedAsync(claimed.Attempt!.Key, new AttemptStart(1, "/r", fixture.Time.GetUtcNow()), fixture.Limit);
            await fixture.Sqlite.NoteAsync(
                claimed.Attempt.Key, JobState.Running, JobTrigger.Alerted, EndReason.None, "warn: one", Alert(fixture, "", 1).At, fixture.Limit);
        });
        var adopted = await engine.NextAttemptAsync();
        adopted.Say(new AttemptSign.Alerted(Alert(engine, "warn: one", 1)));
        adopted.End(new AttemptEnding.Exited(0, 0, EndedBy.Itself)
        {
            EndedAt = engine.Time.GetUtcNow(),
            Alerts = [Alert(engine, "warn: one", 1), Alert(engine, "warn: last", 2)],
        });
        await adopted.Forgotten.WaitAsync(engine.Limit);

        Assert.Equal(["warn: one", "warn: last"], (await AlertsAsync(engine, adopted.Key.JobId)).Select(alert => alert.Sentence));
    }

    [Fact(Timeout = Limit)]
    public async Task An_alert_is_recorded_before_the_end_also_of_a_job_whose_start_is_not_yet()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Say(new AttemptSign.Alerted(Alert(engine, "warn: at once", 1)));
        attempt.Exit(1, engine.Time.GetUtcNow());
        await attempt.Forgotten.WaitAsync(engine.Limit);

        var events = await engine.Store.EventsAsync(attempt.Key.JobId, 0, 100, engine.Limit);
        Assert.Equal([JobTrigger.Submitted, JobTrigger.Claimed, JobTrigger.Alerted, JobTrigger.Failed], events.Select(happened => happened.Trigger));
    }

    private static AttemptAlert Alert(EngineFixture engine, string sentence, int number) => new(engine.Time.GetUtcNow().AddMilliseconds(number), sentence);

    private static async Task<IEnumerable<(string Sentence, DateTimeOffset At)>> AlertsAsync(EngineFixture engine, long jobId) =>
        (await engine.Store.EventsAsync(jobId, 0, 100, engine.Limit))
            .Where(happened => happened.Trigger == JobTrigger.Alerted).Select(happened => (happened.Detail!, happened.At));

    private static async Task<ScriptedAttempt> RunningAsync(EngineFixture engine)
    {
        var id = await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Running);
        return attempt;
    }
}

using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Notices;

public sealed class NoticeSenderTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task What_did_not_arrive_is_tried_again_after_longer_and_longer_pauses_with_the_same_id()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Channel.Does["test:a"] = () => throw new NoticeException("refused", isPermanent: false);
        await world.RunJobAsync(code: 1);
        var first = (await world.Channel.NextAsync(world.Limit)).Message;
        foreach (var seconds in (int[])[10, 20, 40])
        {
            await world.Time.TimerInAsync(TimeSpan.FromSeconds(seconds), world.Limit);
            Assert.True(world.Channel.IsQuiet);
            world.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(first.Id, (await world.Channel.NextAsync(world.Limit)).Message.Id);
        }

        await world.Time.TimerInAsync(TimeSpan.FromSeconds(80), world.Limit);
        world.Channel.Does.Clear();
        world.Time.Advance(TimeSpan.FromSeconds(80));
        await world.Channel.NextAsync(world.Limit);
        await SettledAsync(world);
    }

    [Fact(Timeout = Limit)]
    public async Task What_can_never_arrive_is_given_up_at_once()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Channel.Does["test:a"] = () => throw new NoticeException("no such address", isPermanent: true);
        await world.RunJobAsync(code: 1);
        await world.RunJobAsync(code: 1, notices: new NoticeSettings { Events = NoticeEvents.End, Targets = ["ftp://nobody.takes.this"] });
        await world.Channel.NextAsync(world.Limit);
        await SettledAsync(world);
        Assert.True(world.Channel.IsQuiet);
    }

    [Fact(Timeout = Limit)]
    public async Task A_dead_target_with_many_notices_does_not_delay_the_others()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Defaults = world.Defaults with { Targets = ["test:dead1", "test:dead2", "test:dead3", "other:alive"] };
        foreach (var dead in (string[])["test:dead1", "test:dead2", "test:dead3"])
        {
            world.Channel.Does[dead] = () => Task.Delay(Timeout.Infinite);
        }

        for (var i = 0; i < 20; i++)
        {
            await world.RunJobAsync(code: 1);
        }

        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(i, (await world.Other.NextAsync(world.Limit)).Message.Job!.Id);
        }

        Assert.Equal((2, 1), (world.Channel.Most, world.Other.Most));
    }

    [Fact(Timeout = Limit)]
    public async Task One_notice_that_a_target_refuses_does_not_hold_back_the_next()
    {
        await using var world = await NoticeFixture.StartAsync();
        var bad = true;
        world.Channel.Does["test:a"] = () => bad ? throw new NoticeException("500", isPermanent: false) : Task.CompletedTask;
        var first = await world.RunJobAsync(code: 1);
        await world.Channel.NextAsync(world.Limit);
        await world.Time.TimerInAsync(TimeSpan.FromSeconds(10), world.Limit);
        bad = false;
        var second = await world.RunJobAsync(code: 1);
        world.Time.Advance(TimeSpan.FromSeconds(10));
        var arrived = new[] { (await world.Channel.NextAsync(world.Limit)).Message.Job!.Id, (await world.Channel.NextAsync(world.Limit)).Message.Job!.Id };
        Assert.Equal([first.Id, second.Id], arrived.Order());
        await SettledAsync(world);
    }

    [Fact(Timeout = Limit)]
    public async Task A_receiver_that_asked_for_time_is_left_alone_for_it()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Channel.Does["test:a"] = () => throw new NoticeException("429", isPermanent: false) { RetryAfter = TimeSpan.FromHours(2) };
        await world.RunJobAsync(code: 1);
        await world.Channel.NextAsync(world.Limit);
        await world.Time.TimerInAsync(TimeSpan.FromHours(2), world.Limit);
        world.Time.Advance(TimeSpan.FromHours(1));
        await world.RunJobAsync(code: 1);
        await world.Time.TimerInAsync(TimeSpan.FromHours(1), world.Limit);
        Assert.True(world.Channel.IsQuiet);
        world.Time.Advance(TimeSpan.FromHours(1));
        await world.Channel.NextAsync(world.Limit);
    }

    [Fact(Timeout = Limit)]
    public async Task Many_notices_for_people_go_in_one_message_and_those_for_programs_one_by_one()
    {
        await using var world = await NoticeFixture.StartAsync();
        using var gate = new SemaphoreSlim(0);
        world.Defaults = world.Defaults with { Targets = ["test:people", "other:program"] };
        world.Channel.IsForPeople = true;
        world.Channel.Does["test:people"] = () => gate.WaitAsync();
        await world.RunJobAsync(code: 1);
        Assert.Equal("failure", (await world.Channel.NextAsync(world.Limit)).Message.Event);
        for (var i = 0; i < 9; i++)
        {
            await world.RunJobAsync(code: 1);
        }

        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal(i, (await world.Other.NextAsync(world.Limit)).Message.Job!.Id);
        }

        gate.Release(2);
        var digest = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.Equal(("digest", "whirr on gpu1: 9 notices (9 failure)"), (digest.Event, digest.Subject));
        Assert.Contains("  Fri 2026-01-02 03:04:05 +00:00  job 10 (train.py) failed: the command exited with code 1 (exit_code)\n", digest.Body, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(digest.Json);
        Assert.Equal(Enumerable.Range(2, 9), json.RootElement.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("job").GetProperty("id").GetInt32()));
        Assert.Equal(digest.Id, json.RootElement.GetProperty("id").GetInt64());
        Assert.StartsWith("whirr on gpu1: 9 notices (9 failure)\n```\njob 2 ", json.RootElement.GetProperty("text").GetString()!, StringComparison.Ordinal);
        await SettledAsync(world);
        Assert.True(world.Channel.IsQuiet);
    }

    private static async Task SettledAsync(NoticeFixture world)
    {
        while ((await world.Outbox.ListNextNoticesAsync(1, world.Limit)).Count > 0)
        {
            await Task.Yield();
        }
    }
}

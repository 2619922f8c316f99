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

    private static async Task SettledAsync(NoticeFixture world)
    {
        while ((await world.Outbox.ListNextNoticesAsync(1, world.Limit)).Count > 0)
        {
            await Task.Yield();
        }
    }
}

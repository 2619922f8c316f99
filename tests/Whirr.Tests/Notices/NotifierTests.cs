using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Notices;

public sealed class NotifierTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task A_failure_is_told_with_who_what_where_why_the_last_lines_and_what_to_type()
    {
        await using var world = await NoticeFixture.StartAsync();
        var job = await world.RunJobAsync(code: 1, log: string.Concat(Enumerable.Range(1, 30).Select(i => $"line {i}\n")) + "\u001b[31mloss <b>nan</b>\u001b[0m\n");

        var (target, message) = await world.Channel.NextAsync(world.Limit);
        Assert.Equal(("test:a", "failure", job.Id), (target, message.Event, message.Job!.Id));
        Assert.Equal($"whirr: job {job.Id} (train.py) failed: the command exited with code 1 (exit_code)", message.Subject);
        foreach (var part in new[]
        {
            "Job 1 (train.py) failed: the command exited with code 1 (exit_code)", "Owner:      alice", "Machine:    gpu1", "Command:    python train.py",
            "Fri 2026-01-02 03:04:05 +00:00", $"Run:        {world.Directory}/job-1", "  | line 12\n", "  | loss <b>nan</b>\n", "whirrctl logs 1", "whirrctl retry 1",
        })
        {
            Assert.Contains(part, message.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("line 11\n", message.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", message.Body, StringComparison.Ordinal);

        using var json = JsonDocument.Parse(message.Json);
        var root = json.RootElement;
        Assert.StartsWith(message.Subject + " [gpu1]\n```\nline 22", root.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("loss &lt;b&gt;nan&lt;/b&gt;\n```", root.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ("failure", message.Id, "gpu1", "failed", "the command exited with code 1 (exit_code)"),
            (root.GetProperty("event").GetString(), root.GetProperty("id").GetInt64(), root.GetProperty("host").GetString(), root.GetProperty("what").GetString(), root.GetProperty("reason").GetString()));
        var about = root.GetProperty("job");
        Assert.Equal((1, "train.py", "alice", "failed", "exit_code", 1), (
            about.GetProperty("id").GetInt32(), about.GetProperty("name").GetString(), about.GetProperty("owner").GetString(),
            about.GetProperty("state").GetString(), about.GetProperty("reason").GetString(), about.GetProperty("exit_code").GetInt32()));
        Assert.EndsWith("line 30\nloss <b>nan</b>", root.GetProperty("log_tail").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task An_alert_of_a_script_is_told_in_whole()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Defaults = world.Defaults with { Events = NoticeEvents.Alert };
        await world.SubmitAsync();
        var running = await world.StartJobAsync();
        var text = $"error: loss diverged: {new string('x', 1_000)} end";
        await world.Store.NoteAsync(running.Attempt!.Key, JobState.Running, JobTrigger.Alerted, EndReason.None, text, world.Time.GetUtcNow(), world.Limit);
        world.Changes.Publish(running.Id);

        var message = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.StartsWith("whirr: job 1 (train.py) alerts: error: loss diverged: xxx", message.Subject, StringComparison.Ordinal);
        Assert.InRange(message.Subject.Length, 300, 400);
        Assert.Contains(text, message.Body, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(message.Json);
        Assert.Equal(
            ("alert", "alerted", "running", text),
            (message.Event, json.RootElement.GetProperty("what").GetString(), json.RootElement.GetProperty("job").GetProperty("state").GetString(), json.RootElement.GetProperty("job").GetProperty("reason_detail").GetString()));
    }

    [Fact(Timeout = Limit)]
    public async Task Nobody_is_told_what_nobody_asked_for()
    {
        await using var world = await NoticeFixture.StartAsync();
        await world.RunJobAsync(code: 0);
        await world.RunJobAsync(code: 1, notices: new NoticeSettings());
        var told = await world.RunJobAsync(code: 2);
        Assert.Equal(told.Id, (await world.Channel.NextAsync(world.Limit)).Message.Job!.Id);
        Assert.True(world.Channel.IsQuiet);
    }

    [Fact(Timeout = Limit)]
    public async Task What_happened_while_no_daemon_ran_is_told_by_the_next()
    {
        string place;
        await using (var before = await NoticeFixture.OpenAsync(keep: true))
        {
            place = before.Directory;
            await before.RunJobAsync(code: 1);
        }

        await using var world = await NoticeFixture.OpenAsync(place);
        await world.RunAsync();
        Assert.Equal(1, (await world.Channel.NextAsync(world.Limit)).Message.Job!.Id);
    }

    [Fact(Timeout = Limit)]
    public async Task A_notice_in_the_outbox_is_delivered_by_the_next_daemon_once()
    {
        string place;
        await using (var before = await NoticeFixture.OpenAsync(keep: true))
        {
            place = before.Directory;
            await before.RunAsync(send: false);
            await before.RunJobAsync(code: 1);
            while ((await before.Outbox.ListNextNoticesAsync(1, before.Limit)).Count == 0)
            {
                await Task.Yield();
            }
        }

        await using (var next = await NoticeFixture.OpenAsync(place, keep: true))
        {
            await next.RunAsync();
            Assert.Equal(1, (await next.Channel.NextAsync(next.Limit)).Message.Job!.Id);
            await SettledAsync(next);
        }

        await using var last = await NoticeFixture.OpenAsync(place);
        await last.RunAsync();
        var second = await last.RunJobAsync(code: 1);
        Assert.Equal(second.Id, (await last.Channel.NextAsync(last.Limit)).Message.Job!.Id);
    }

    [Fact(Timeout = Limit)]
    public async Task The_words_are_about_the_event_even_when_the_job_has_moved_on()
    {
        await using var world = await NoticeFixture.OpenAsync();
        world.Defaults = world.Defaults with { Events = NoticeEvents.Retry | NoticeEvents.End };
        var retried = Samples.Job().Settings with
        {
            Uid = Guid.CreateVersion7(),
            Retry = new RetryPolicy { Retries = 2, FirstPause = TimeSpan.Zero },
        };
        await world.Store.AddAsync([new NewJob(retried, world.Owner, ReadOnlyMemory<byte>.Empty, world.Time.GetUtcNow())], world.Limit);
        await world.EndJobAsync(await world.StartJobAsync(), 3);
        await world.Store.EndPausesAsync([1], world.Limit);
        await world.EndJobAsync(await world.StartJobAsync(), 0);
        await world.RunAsync();

        var first = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.Equal("whirr: job 1 (train.py) failed and is run again: the command exited with code 3; retry 1 of 2 at once (exit_code)", first.Subject);
        var second = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.Equal("whirr: job 1 (train.py) completed", second.Subject);
        Assert.Contains("Attempt:    2 (1 of 2 retries used)", second.Body, StringComparison.Ordinal);
        Assert.True(second.Id > first.Id);
    }

    [Fact(Timeout = Limit)]
    public async Task An_empty_queue_is_told_once_after_the_last_end()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Defaults = world.Defaults with { Events = NoticeEvents.QueueEmpty | NoticeEvents.Failure };
        await world.SubmitAsync();
        await world.SubmitAsync();
        await world.EndJobAsync(await world.StartJobAsync(), 1);
        Assert.Equal("failure", (await world.Channel.NextAsync(world.Limit)).Message.Event);
        await world.EndJobAsync(await world.StartJobAsync(), 0);
        var message = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.Equal(("queue_empty", "whirr on gpu1: the last job has ended, and none waits"), (message.Event, message.Subject));
        Assert.Null(message.Job);

        // Not for every change after it.
        world.Changes.Publish(1);
        await world.RunJobAsync(code: 1);
        Assert.Equal(["failure", "queue_empty"], (string[])[(await world.Channel.NextAsync(world.Limit)).Message.Event, (await world.Channel.NextAsync(world.Limit)).Message.Event]);
        Assert.True(world.Channel.IsQuiet);
    }

    [Fact(Timeout = Limit)]
    public async Task The_same_trouble_is_told_again_after_hours_at_the_earliest()
    {
        await using var world = await NoticeFixture.StartAsync();
        world.Defaults = world.Defaults with { Events = NoticeEvents.Trouble };
        world.Troubles.Set("disk", "the disk of /data is nearly full: 900 MiB are free");
        Assert.Equal("whirr: trouble on gpu1: the disk of /data is nearly full: 900 MiB are free", (await world.Channel.NextAsync(world.Limit)).Message.Subject);

        // Other numbers, or the same trouble again, are no news; another trouble is.
        world.Troubles.Set("disk", "the disk of /data is nearly full: 870 MiB are free");
        world.Troubles.Set("disk", null);
        world.Troubles.Set("disk", "the disk of /data is nearly full: 900 MiB are free");
        world.Troubles.Set("start", "no job can be started");
        Assert.Contains("no job can be started", (await world.Channel.NextAsync(world.Limit)).Message.Subject, StringComparison.Ordinal);
        await SettledAsync(world);
        Assert.True(world.Channel.IsQuiet);

        // Before the hours have passed the new number is no news; whatever wakes the notifier after them finds it.
        world.Troubles.Set("disk", "the disk of /data is nearly full: 850 MiB are free");
        world.Time.Advance(TimeSpan.FromHours(7));
        world.Changes.Publish(1);
        Assert.Equal(
            ["whirr: trouble on gpu1: no job can be started", "whirr: trouble on gpu1: the disk of /data is nearly full: 850 MiB are free"],
            ((string[])[(await world.Channel.NextAsync(world.Limit)).Message.Subject, (await world.Channel.NextAsync(world.Limit)).Message.Subject]).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_of_megabytes_makes_no_message_of_megabytes()
    {
        await using var world = await NoticeFixture.StartAsync();
        var settings = Samples.Job().Settings with { Uid = Guid.CreateVersion7(), CommandArgv = ["python", "train.py", new string('x', 1_000_000), "end"] };
        await world.Store.AddAsync([new NewJob(settings, world.Owner, ReadOnlyMemory<byte>.Empty, world.Time.GetUtcNow())], world.Limit);
        await world.EndJobAsync(await world.StartJobAsync(), 1);
        var message = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.InRange(message.Body.Length + message.Json.Length, 500, 5000);
        using var json = JsonDocument.Parse(message.Json);
        Assert.Equal(["python", "train.py", "..."], json.RootElement.GetProperty("job").GetProperty("command_argv").EnumerateArray().Select(word => word.GetString()));
    }

    [Fact(Timeout = Limit)]
    public async Task A_log_that_cannot_be_read_is_said_and_keeps_no_notice_back()
    {
        await using var world = await NoticeFixture.StartAsync();
        await world.SubmitAsync();
        var running = await world.StartJobAsync("secret of somebody else\n");
        var log = Path.Combine(world.Directory, $"job-{running.Id}", "output.log");
        File.Move(log, log + ".real");
        File.CreateSymbolicLink(log, log + ".real");
        await world.EndJobAsync(running, 1);
        var message = (await world.Channel.NextAsync(world.Limit)).Message;
        Assert.Contains("(the log cannot be read: ", message.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message.Body, StringComparison.Ordinal);
    }

    private static async Task SettledAsync(NoticeFixture world)
    {
        while ((await world.Outbox.ListNextNoticesAsync(1, world.Limit)).Count > 0)
        {
            await Task.Yield();
        }
    }
}

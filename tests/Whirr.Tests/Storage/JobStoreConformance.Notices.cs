using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    private INoticeStore Outbox => (INoticeStore)Store;

    [Fact(Timeout = TimeLimit)]
    public async Task Events_of_all_jobs_can_be_read_behind_a_cursor()
    {
        var (first, second) = (await AddAsync(), await AddAsync());
        await Store.EndJobAsync(first, CancelFrom(JobState.Queued), None);

        Assert.Equal(0, await Outbox.FindNoticeCursorAsync(None));
        var all = await Outbox.AllEventsAsync(0, 100, None);
        Assert.Equal([first, second, first], all.Select(happened => happened.JobId));
        Assert.Equal([all[1].Seq, all[2].Seq], (await Outbox.AllEventsAsync(all[0].Seq, 100, None)).Select(happened => happened.Seq));
        Assert.Equal([all[1].Seq], (await Outbox.AllEventsAsync(all[0].Seq, 1, None)).Select(happened => happened.Seq));
        Assert.Equal(await EventsAsync(second), all.Where(happened => happened.JobId == second));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Notices_and_cursor_are_kept_together_and_the_cursor_never_moves_back()
    {
        var about = new NewNotice(7, NoticeEvents.Failure, "https://example.org/x?y=\u00e4", 12, Noon, null);
        var trouble = new NewNotice(null, NoticeEvents.Trouble, "command", 0, Noon.AddSeconds(1), "the disk is full");
        await Outbox.AddNoticesAsync(12, [about], None);
        await Outbox.AddNoticesAsync(0, [trouble], None);
        await ReopenAsync();

        Assert.Equal(12, await Outbox.FindNoticeCursorAsync(None));
        var open = await Outbox.ListNextNoticesAsync(10, None);
        Assert.Equal([about, trouble], open.Select(notice => notice.What));
        Assert.Equal([(0, Noon), (0, Noon.AddSeconds(1))], open.Select(notice => (notice.Tries, notice.NextTryAt)));
        Assert.True(open[0].Id < open[1].Id);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Of_each_target_the_notice_that_is_due_first_is_listed()
    {
        await Outbox.AddNoticesAsync(1, [NoticeTo("a", 1), NoticeTo("a", 2), NoticeTo("b", 3), NoticeTo("a", 4)], None);
        Assert.Equal([1, 3], (await Outbox.ListNextNoticesAsync(10, None)).Select(notice => notice.What.Seq));
        Assert.Equal([1], (await Outbox.ListNextNoticesAsync(1, None)).Select(notice => notice.What.Seq));

        // One that is put off lets the next of its target pass.
        var first = (await Outbox.ListNextNoticesAsync(1, None))[0];
        await Outbox.MarkNoticeAsync(first.Id, new NoticeOutcome(false, false, Noon.AddMinutes(1), "refused"), None);
        Assert.Equal([2, 3], (await Outbox.ListNextNoticesAsync(10, None)).Select(notice => notice.What.Seq).Order());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Tries_are_counted_until_a_notice_is_delivered_or_given_up()
    {
        await Outbox.AddNoticesAsync(1, [NoticeTo("a", 1)], None);
        var id = (await Outbox.ListNextNoticesAsync(1, None))[0].Id;
        await Outbox.MarkNoticeAsync(id, new NoticeOutcome(false, false, Noon.AddSeconds(10), "refused"), None);
        var again = Assert.Single(await Outbox.ListNextNoticesAsync(9, None));
        Assert.Equal((1, Noon.AddSeconds(10)), (again.Tries, again.NextTryAt));

        await Outbox.MarkNoticeAsync(id, new NoticeOutcome(true, false, Noon, null), None);
        Assert.Empty(await Outbox.ListNextNoticesAsync(9, None));

        // What is settled stays settled.
        await Outbox.MarkNoticeAsync(id, new NoticeOutcome(false, false, Noon, "late"), None);
        Assert.Empty(await Outbox.ListNextNoticesAsync(9, None));

        await Outbox.AddNoticesAsync(2, [NoticeTo("a", 2)], None);
        var next = Assert.Single(await Outbox.ListNextNoticesAsync(9, None));
        Assert.True(next.Id > id);
        await Outbox.MarkNoticeAsync(next.Id, new NoticeOutcome(false, true, Noon, "gone"), None);
        Assert.Empty(await Outbox.ListNextNoticesAsync(9, None));
    }

    private static NewNotice NoticeTo(string target, long seq) => new(7, NoticeEvents.End, target, seq, Noon, null);
}

using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    public static TheoryData<JobOrder> Orders => [.. Enum.GetValues<JobOrder>()];

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(Orders))]
    public async Task Pages_give_every_job_once_in_order_while_others_are_added(JobOrder order)
    {
        var random = new Random(7);
        await Store.AddAsync([.. Enumerable.Range(0, 60).Select(_ => Shuffled())], None);
        await Store.ClaimAsync("here", 10, Noon, None);
        await Store.EndJobsAsync(Bob.Uid, CancelFrom(JobState.Queued), None);
        var all = await Store.ListAsync(new JobFilter { Order = order, Limit = 1000 }, None);
        Assert.Equal(60, all.Count);
        Assert.Equal(Sorted(all, order), all.Select(job => job.Id));

        var paged = new List<long>();
        for (JobCursor? after = null; ;)
        {
            var page = await Store.ListAsync(new JobFilter { Order = order, Limit = 7, After = after }, None);
            paged.AddRange(page.Select(job => job.Id));
            if (page.Count < 7)
            {
                break;
            }

            after = new JobCursor(page[^1].Id, page[^1].Settings.Priority, page[^1].CreatedAt);
            await AddAsync(Settings() with { Priority = random.Next(-2, 3) }, at: Noon.AddSeconds(random.Next(5)));
        }

        var known = all.Select(job => job.Id).ToHashSet();
        Assert.Equal(all.Select(job => job.Id), paged.Where(known.Contains));
        Assert.Equal(paged.Count, paged.Distinct().Count());

        NewJob Shuffled() => NewJob(
            Settings() with { Priority = random.Next(-2, 3) }, random.Next(4) == 0 ? Bob : Ada, at: Noon.AddSeconds(random.Next(5)));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Each_filter_lets_through_what_it_says()
    {
        var plain = await AddAsync(Settings("Train ResNet"));
        var tagged = await AddAsync(Settings("eval") with { Tags = ["a", "b"] });
        var half = await AddAsync(Settings("100% _done_") with { Tags = ["b"] });
        var bobs = await AddAsync(Settings("résumé") with { Tags = ["a b", "A"] }, Bob);
        Assert.True(await Store.EndJobAsync(half, CancelFrom(JobState.Queued), None));

        await ListsAsync([bobs, half, tagged, plain], new JobFilter());
        await ListsAsync([plain, tagged], new JobFilter { Order = JobOrder.OldestFirst, Limit = 2 });
        await ListsAsync([bobs], new JobFilter { OwnerUid = Bob.Uid });
        await ListsAsync([bobs], new JobFilter { OwnerName = "bob" });
        await ListsAsync([], new JobFilter { OwnerName = "Bob" });
        await ListsAsync([], new JobFilter { OwnerName = "bob", OwnerUid = Ada.Uid });
        await ListsAsync([half], new JobFilter { States = [JobState.Cancelled] });
        await ListsAsync([bobs, half, tagged, plain], new JobFilter { States = [JobState.Queued, JobState.Cancelled, JobState.Queued] });
        await ListsAsync([], new JobFilter { States = [JobState.Running] });
        await ListsAsync([half, tagged], new JobFilter { Tags = ["b"] });
        await ListsAsync([tagged], new JobFilter { Tags = ["b", "a"] });
        await ListsAsync([bobs], new JobFilter { Tags = ["a b"] });
        await ListsAsync([], new JobFilter { Tags = ["c"] });
        await ListsAsync([plain], new JobFilter { NameContains = "rESn" });
        await ListsAsync([half], new JobFilter { NameContains = "%" });
        await ListsAsync([half], new JobFilter { NameContains = "_d" });
        await ListsAsync([bobs], new JobFilter { NameContains = "SUM" });
        await ListsAsync([bobs, half, tagged, plain], new JobFilter { NameContains = "" });
        await ListsAsync([tagged], new JobFilter { States = [JobState.Queued], OwnerUid = Ada.Uid, Tags = ["a"], NameContains = "EVAL" });
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Live_jobs_are_listed_by_id()
    {
        var running = await JobInAsync(JobState.Running);
        await JobInAsync(JobState.Completed);
        var starting = await JobInAsync(JobState.Starting);
        var allocated = await JobInAsync(JobState.Allocated);
        await JobInAsync(JobState.Queued);

        var live = await Store.ListLiveAsync(None);

        Assert.Equal([running.Id, starting.Id, allocated.Id], live.Select(job => job.Id));
        Assert.Equal(KeyOf(running), live[0].Attempt!.Key);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_log_of_a_job_tells_its_whole_life()
    {
        var job = await JobInAsync(JobState.Running);
        Assert.True(await Store.EndAttemptAsync(EndOf(job, JobState.Running, JobState.Queued), None));
        Assert.True(await StartAsync(await ClaimOneAsync()));
        Assert.True(await Store.RequestCancelAsync(job.Id, JobState.Running, "cancelled by ada", Noon.AddSeconds(4), None));
        Assert.True(await Store.EndAttemptAsync(EndOf(await FindAsync(job.Id), JobState.Running, JobState.Cancelled), None));

        var events = await EventsAsync(job.Id);

        Assert.Equal(
            [
                (JobTrigger.Submitted, 0, JobState.Queued, JobState.Queued, EndReason.None, null, 0),
                (JobTrigger.Claimed, 1, JobState.Queued, JobState.Starting, EndReason.None, null, 1),
                (JobTrigger.Started, 1, JobState.Starting, JobState.Running, EndReason.None, null, 2),
                (JobTrigger.Requeued, 1, JobState.Running, JobState.Queued, EndReason.KeeperDied, "its keeper died", 9),
                (JobTrigger.Claimed, 2, JobState.Queued, JobState.Starting, EndReason.None, null, 1),
                (JobTrigger.Started, 2, JobState.Starting, JobState.Running, EndReason.None, null, 2),
                (JobTrigger.CancelRequested, 0, JobState.Running, JobState.Running, EndReason.CancelledByUser, "cancelled by ada", 4),
                (JobTrigger.Cancelled, 2, JobState.Running, JobState.Cancelled, EndReason.CancelledByUser, (string?)"cancelled by ada", 9),
            ],
            events.Select(e => (e.Trigger, e.Attempt, e.From, e.To, e.Reason, e.Detail, (int)(e.At - Noon).TotalSeconds)));
        Assert.All(events, e => Assert.Equal(job.Id, e.JobId));
        Assert.Equal(events.Select(e => e.Seq).Order().Distinct(), events.Select(e => e.Seq));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Events_are_read_in_pages_after_a_sequence_number()
    {
        var job = await JobInAsync(JobState.Completed);
        await JobInAsync(JobState.Completed);
        var all = await EventsAsync(job.Id);
        Assert.Equal(4, all.Count);

        Assert.Equal(all.Take(2), await Store.EventsAsync(job.Id, 0, 2, None));
        Assert.Equal(all.Skip(2), await Store.EventsAsync(job.Id, all[1].Seq, 100, None));
        Assert.Empty(await Store.EventsAsync(job.Id, all[^1].Seq, 100, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Everything_is_there_after_the_store_was_opened_again()
    {
        foreach (var state in JobStates.All.Where(state => state != JobState.Queued).Append(JobState.Queued))
        {
            await JobInAsync(state);
        }

        var ids = (await Store.ListAsync(new JobFilter(), None)).Select(job => job.Id).ToList();
        var before = await Task.WhenAll(ids.Select(PictureAsync));
        var highest = (await Store.ListAsync(new JobFilter { Limit = 100 }, None)).Max(job => job.Attempt?.Key.LeaseEpoch ?? 0);

        await ReopenAsync();

        Assert.Equal(before, await Task.WhenAll(ids.Select(PictureAsync)));
        Assert.True((await ClaimOneAsync()).Attempt!.Key.LeaseEpoch > highest);
        Assert.True(await AddAsync() > ids.Max());
    }

    private static IEnumerable<long> Sorted(IEnumerable<Job> jobs, JobOrder order) => (order switch
    {
        JobOrder.NewestFirst => jobs.OrderByDescending(job => job.Id),
        JobOrder.OldestFirst => jobs.OrderBy(job => job.Id),
        _ => jobs.OrderByDescending(job => job.Settings.Priority).ThenBy(job => job.CreatedAt).ThenBy(job => job.Id),
    }).Select(job => job.Id);

    private async Task ListsAsync(long[] expected, JobFilter filter) =>
        Assert.Equal(expected, (await Store.ListAsync(filter, None)).Select(job => job.Id));
}

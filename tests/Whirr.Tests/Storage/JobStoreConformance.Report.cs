using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    [Fact(Timeout = TimeLimit)]
    public async Task Ended_jobs_are_counted_by_state_and_owner()
    {
        await JobInAsync(JobState.Completed);
        await JobInAsync(JobState.Failed);
        await JobInAsync(JobState.Failed);
        await Store.EndJobAsync(await AddAsync(owner: Bob), CancelFrom(JobState.Queued), None);
        await AddAsync();

        Assert.Equal(
            new Dictionary<JobState, long> { [JobState.Completed] = 1, [JobState.Failed] = 2, [JobState.Cancelled] = 1 },
            await Archive.CountEndedAsync(new EndedFilter { Limit = 1 }, None));
        Assert.Equal(new Dictionary<JobState, long> { [JobState.Cancelled] = 1 }, await Archive.CountEndedAsync(new EndedFilter { OwnerName = "bob" }, None));
        Assert.Equal(
            new Dictionary<JobState, long> { [JobState.Failed] = 2 },
            await Archive.CountEndedAsync(new EndedFilter { OwnerUid = Ada.Uid, States = [JobState.Failed, JobState.Lost] }, None));
        Assert.Empty(await Archive.CountEndedAsync(new EndedFilter { EndedSince = Noon.AddHours(1) }, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Ended_jobs_can_be_listed_newest_first_and_by_the_name_of_their_owner()
    {
        var first = await JobInAsync(JobState.Completed);
        var second = await JobInAsync(JobState.Failed);
        Assert.Equal([second.Id, first.Id], (await Archive.ListLatestEndedAsync(new EndedFilter(), None)).Select(job => job.Id));
        Assert.Equal([second.Id], (await Archive.ListLatestEndedAsync(new EndedFilter { Limit = 1 }, None)).Select(job => job.Id));
        Assert.Equal([first.Id, second.Id], (await Archive.ListEndedAsync(new EndedFilter { OwnerName = "ada" }, None)).Select(job => job.Id));
        Assert.Empty(await Archive.ListEndedAsync(new EndedFilter { OwnerName = "bob" }, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Waits_are_from_the_submit_to_the_first_attempt()
    {
        await JobInAsync(JobState.Completed);
        await JobInAsync(JobState.Running);
        await Store.EndJobAsync(await AddAsync(), CancelFrom(JobState.Queued), None);
        await AddAsync(at: Noon.AddSeconds(3));

        var claimed = Noon.AddSeconds(1);
        Assert.Equal(
            [new Period(Noon, claimed), new Period(Noon, claimed), new Period(Noon, Noon.AddSeconds(5)), new Period(Noon.AddSeconds(3), null)],
            (await Archive.ListWaitsAsync(Noon, None)).OrderBy(wait => wait.Until ?? DateTimeOffset.MaxValue));

        // Waits that were over by then do not count, though their jobs ran on.
        Assert.Equal([Noon.AddSeconds(5), null], (await Archive.ListWaitsAsync(Noon.AddSeconds(4), None)).Select(wait => wait.Until));
    }
}

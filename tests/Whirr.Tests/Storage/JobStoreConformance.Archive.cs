using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    private IJobArchive Archive => (IJobArchive)Store;

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task Only_ended_jobs_are_removed(JobState state)
    {
        var job = await JobInAsync(state);

        var removed = await Archive.RemoveEndedAsync([job.Id, 777], None);

        Assert.Equal(state.IsEnded() ? [job.Id] : [], removed);
        Assert.Equal(state.IsEnded(), await Store.FindAsync(job.Id, None) is null);
        Assert.Equal(state.IsEnded(), (await EventsAsync(job.Id)).Count == 0);
        await CountsAsync();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_removed_job_takes_its_attempts_along_and_its_number_is_never_used_again()
    {
        var parent = await JobInAsync(JobState.Failed);
        var child = await AddAsync(Settings() with { ParentJobId = parent.Id });

        Assert.Equal([parent.Id], await Archive.RemoveEndedAsync([parent.Id], None));

        Assert.Null((await FindAsync(child)).Settings.ParentJobId);
        Assert.Empty(await Leases.ListAttemptsOfAsync(parent.Id, None));
        Assert.True(await Store.EndJobAsync(child, CancelFrom(JobState.Queued), None));
        Assert.Equal([child], await Archive.RemoveEndedAsync([child], None));
        Assert.True(await AddAsync() > child);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_environment_stays_as_long_as_a_job_has_it()
    {
        var (one, two) = (await AddAsync(), await AddAsync());
        Assert.Equal(2, (await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None)).Count);

        await Archive.RemoveEndedAsync([one], None);
        Assert.Equal("A=1\0"u8.ToArray(), await Store.FindEnvironmentAsync(two, None));

        await Archive.RemoveEndedAsync([two], None);
        Assert.Null(await Store.FindEnvironmentAsync(two, None));
        Assert.Equal("A=1\0"u8.ToArray(), await Store.FindEnvironmentAsync(await AddAsync(), None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Ended_jobs_are_listed_oldest_end_first_and_the_newest_are_left_out()
    {
        var adas = await EndedAtAsync(Ada, 3, 1, 2);
        var bobs = await EndedAtAsync(Bob, 4);
        await AddAsync();

        Assert.Equal([adas[1], adas[2], adas[0], bobs[0]], await IdsAsync(new EndedFilter()));
        Assert.Equal([adas[1], adas[2]], await IdsAsync(new EndedFilter { KeepNewest = 2 }));
        Assert.Equal([adas[1]], await IdsAsync(new EndedFilter { KeepNewest = 2, Limit = 1 }));
        Assert.Equal([adas[1], adas[2]], await IdsAsync(new EndedFilter { KeepNewest = 1, OwnerUid = Ada.Uid }));
        Assert.Equal([adas[2]], await IdsAsync(new EndedFilter { KeepNewest = 2, After = new EndedCursor(Noon.AddSeconds(1), adas[1]) }));
        Assert.Equal([adas[1], adas[2], adas[0]], await IdsAsync(new EndedFilter { After = new EndedCursor(Noon.AddSeconds(1), adas[1] - 1), Limit = 3 }));
        Assert.Empty(await IdsAsync(new EndedFilter { KeepNewest = 4 }));
        Assert.Equal([adas[2], adas[0]], await IdsAsync(new EndedFilter { EndedSince = Noon.AddSeconds(2), EndedBefore = Noon.AddSeconds(4) }));
        Assert.Equal(4, (await IdsAsync(new EndedFilter { States = [JobState.Cancelled] })).Count);
        Assert.Empty(await IdsAsync(new EndedFilter { States = [JobState.Completed, JobState.Failed] }));

        async Task<List<long>> IdsAsync(EndedFilter filter) => [.. (await Archive.ListEndedAsync(filter, None)).Select(job => job.Id)];
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Attempts_are_listed_when_they_overlap_with_the_time_asked_for()
    {
        var ended = await JobInAsync(JobState.Completed);
        var running = await JobInAsync(JobState.Running);

        Assert.Equal([ended.Id, running.Id], (await Archive.ListAttemptsAsync(Noon.AddSeconds(9), None)).Select(attempt => attempt.Key.JobId));
        Assert.Equal([running.Id], (await Archive.ListAttemptsAsync(Noon.AddSeconds(10), None)).Select(attempt => attempt.Key.JobId));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Events_are_listed_by_kind_and_time()
    {
        var job = await JobInAsync(JobState.Failed);

        var events = await Archive.ListEventsAsync(Noon.AddSeconds(2), [JobTrigger.Started, JobTrigger.Failed, JobTrigger.Claimed], 9, None);

        Assert.Equal([(job.Id, JobTrigger.Started), (job.Id, JobTrigger.Failed)], events.Select(e => (e.JobId, e.Trigger)));
        Assert.Single(await Archive.ListEventsAsync(Noon, [JobTrigger.Started, JobTrigger.Failed], 1, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Durations_are_those_of_completed_jobs_of_the_owner_and_name()
    {
        await JobInAsync(JobState.Completed);
        await JobInAsync(JobState.Failed);

        Assert.Equal([TimeSpan.FromSeconds(7)], await Archive.ListDurationsAsync(Ada.Uid, "job", 9, None));
        Assert.Empty(await Archive.ListDurationsAsync(Ada.Uid, "other", 9, None));
        Assert.Empty(await Archive.ListDurationsAsync(Bob.Uid, "job", 9, None));
    }

    private async Task<List<long>> EndedAtAsync(JobOwner owner, params int[] seconds)
    {
        var ids = new List<long>();
        foreach (var second in seconds)
        {
            ids.Add(await AddAsync(owner: owner));
            Assert.True(await Store.EndJobAsync(ids[^1], CancelFrom(JobState.Queued) with { At = Noon.AddSeconds(second) }, None));
        }

        return ids;
    }
}

using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    [Fact(Timeout = TimeLimit)]
    public async Task An_added_job_is_found_with_everything_it_was_given()
    {
        var parent = await AddAsync();
        var settings = Settings("résumé ✓ \"quoted\"\nsecond line\t'; DROP TABLE jobs; --") with
        {
            ClientJobId = "sweep-7/ü",
            Tags = ["a", "b,c", "日本", ""],
            Priority = -7,
            CommandArgv = ["/bin/sh", "-c", "echo \"$1\"\n", "", "tab\t", "\u0001", "😀", "\\"],
            Workdir = "/home/ada/with space",
            ConfigJson = """{"lr":0.1,"text":"</script>"}""",
            RunsDir = "/home/ada/.whirr/runs",
            Umask = 0b111_111_111,
            KillGracePeriod = TimeSpan.FromMilliseconds(1500),
            OnLost = OnLost.Stop,
            OnDaemonLoss = OnDaemonLoss.Kill,
            MaxAttempts = 5,
            ParentJobId = parent,
        };

        var job = await FindAsync(await AddAsync(settings));

        Assert.Equivalent(settings, job.Settings, strict: true);
        Assert.Equivalent(Ada, job.Owner, strict: true);
        Assert.Equal(JobState.Queued, job.State);
        Assert.Equal(Noon, job.CreatedAt);
        Assert.Equal((EndReason.None, null, null, null), (job.Reason, job.ReasonDetail, job.CancelRequestedAt, job.FinishedAt));
        Assert.Null(job.Attempt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_largest_command_line_comes_back_whole()
    {
        var settings = Settings() with { CommandArgv = ["/bin/echo", new string('x', 1 << 20), .. Enumerable.Repeat("é", 50_000)] };

        var job = await FindAsync(await AddAsync(settings));

        Assert.Equal(settings.CommandArgv, job.Settings.CommandArgv);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_uid_that_the_owner_used_before_yields_the_first_job()
    {
        var settings = Settings("first");
        var first = await AddAsync(settings);

        var again = Assert.Single(await Store.AddAsync([NewJob(settings with { Name = "second" })], None));

        Assert.Equal(new AddedJob(first, Existed: true), again);
        Assert.Equal("first", (await FindAsync(first)).Settings.Name);
        Assert.Single(await EventsAsync(first));
        Assert.Equal(1, (await CountsAsync())[JobState.Queued]);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_client_id_that_is_used_again_for_another_command_is_a_conflict_and_adds_nothing()
    {
        await AddAsync(Settings() with { ClientJobId = "x", CommandArgv = ["true"] });
        var other = Settings() with { ClientJobId = "x", CommandArgv = ["false"] };
        var refused = await Assert.ThrowsAsync<StoreException>(() => Store.AddAsync([NewJob(), NewJob(other)], None));
        Assert.Equal(StoreFault.Conflict, refused.Fault);
        Assert.Single(await Store.ListAsync(new JobFilter(), None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_client_id_that_the_owner_used_before_yields_the_first_job_even_when_it_has_ended()
    {
        var first = await AddAsync(Settings() with { ClientJobId = "sweep-1" });
        Assert.True(await Store.EndJobAsync(first, CancelFrom(JobState.Queued), None));

        var again = Assert.Single(await Store.AddAsync([NewJob(Settings() with { ClientJobId = "sweep-1" })], None));

        Assert.Equal(new AddedJob(first, Existed: true), again);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Ids_of_one_owner_do_not_concern_another()
    {
        var settings = Settings() with { ClientJobId = "sweep-1" };
        var first = await AddAsync(settings, Ada);

        var others = Assert.Single(await Store.AddAsync([NewJob(settings, Bob)], None));

        Assert.False(others.Existed);
        Assert.NotEqual(first, others.Id);
        Assert.Equal("bob", (await FindAsync(others.Id)).Owner.Name);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_repeated_id_within_one_call_yields_the_first_job_of_it()
    {
        var settings = Settings();
        var withClientId = Settings() with { ClientJobId = "x" };

        var added = await Store.AddAsync(
            [NewJob(settings), NewJob(settings), NewJob(withClientId), NewJob(Settings() with { ClientJobId = "x" }), NewJob()], None);

        Assert.Equal([false, true, false, true, false], added.Select(job => job.Existed));
        Assert.Equal(added[0].Id, added[1].Id);
        Assert.Equal(added[2].Id, added[3].Id);
        Assert.Equal(3, (await CountsAsync())[JobState.Queued]);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_batch_with_one_bad_job_adds_none()
    {
        var orphan = Settings() with { ParentJobId = 999_999 };

        var error = await Assert.ThrowsAsync<StoreException>(
            () => Store.AddAsync([NewJob(), NewJob(orphan, environment: "NEW=1\0"), NewJob()], None));

        Assert.Equal(StoreFault.Rejected, error.Fault);
        Assert.Empty(await Store.ListAsync(new JobFilter(), None));
        Assert.Empty(await Store.CountAsync(None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_empty_batch_adds_nothing()
    {
        Assert.Empty(await Store.AddAsync([], None));
        Assert.Empty(await CountsAsync());
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("")]
    [InlineData("PATH=/bin\0HOME=/home/ada\0LINES=one\ntwo\0")]
    [InlineData("ÜMLAUT=ß\0")]
    public async Task An_environment_comes_back_byte_for_byte(string environment)
    {
        var id = (await Store.AddAsync([NewJob(environment: environment)], None))[0].Id;

        Assert.Equal(Encoding.UTF8.GetBytes(environment), await Store.FindEnvironmentAsync(id, None));
        Assert.Equal(Encoding.UTF8.GetBytes(environment), Assert.Single(await Store.ClaimAsync("here", 1, Noon, None)).Environment.ToArray());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Jobs_of_one_batch_keep_their_own_environments()
    {
        string[] environments = ["A=1\0", "A=1\0", "B=2\0", "A=1\0", ""];

        var added = await Store.AddAsync([.. environments.Select(environment => NewJob(environment: environment))], None);

        foreach (var (job, environment) in added.Zip(environments))
        {
            Assert.Equal(environment, Encoding.UTF8.GetString((await Store.FindEnvironmentAsync(job.Id, None))!));
        }
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_job_that_does_not_exist_is_not_found()
    {
        Assert.Null(await Store.FindAsync(12345, None));
        Assert.Null(await Store.FindEnvironmentAsync(12345, None));
        Assert.Empty(await EventsAsync(12345));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_caller_that_has_given_up_adds_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.AddAsync([NewJob()], new CancellationToken(canceled: true)));

        Assert.Empty(await CountsAsync());
    }
}

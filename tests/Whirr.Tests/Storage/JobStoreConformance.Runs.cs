using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Domain.Runs;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    private const string Root = "/home/ada/.whirr/runs";

    private IRunIndex Index => (IRunIndex)Store;

    [Fact(Timeout = TimeLimit)]
    public async Task A_run_is_kept_with_everything_that_is_known_of_it()
    {
        var run = NewRun("local-1") with
        {
            JobId = 7,
            JobUid = Guid.CreateVersion7(),
            State = JobState.Failed,
            Reason = "exit_code",
            ReasonDetail = "it failed",
            StartedAt = Noon,
            FinishedAt = Noon.AddSeconds(5),
            Tags = ["a", "b\u0000c"],
            ConfigJson = """{"lr": 0.1}""",
            SummaryJson = """{"acc": 1}""",
            Hostname = "gpu1",
            ExitCode = 3,
            Attempt = 2,
            Note = "n\u00e4",
            GitCommit = "abc",
            GitDirty = true,
            Problem = "p",
        };
        await PutAsync(run, NewRun("bare"));
        await ReopenAsync();

        var page = await Index.ListRunsAsync(new RunQuery(), None);
        Assert.Equal(2, page.Total);
        Assert.Null(page.Next);
        Assert.Equal(["a", "b\u0000c"], page.Runs[0].Tags);
        Assert.Equal(run, page.Runs[0] with { Tags = run.Tags });
        Assert.Equal(NewRun("bare"), page.Runs[1] with { Tags = [] });
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_run_takes_the_place_of_what_was_known_of_it_and_what_is_gone_is_gone()
    {
        await PutAsync(NewRun("a"), NewRun("b"));
        await Index.ChangeRunsAsync(Ada.Uid, Root, [new(NewRun("a") with { Name = "new" }, "2", IsUnended: true)], ["b", "never"], None);
        await Index.ChangeRunsAsync(Ada.Uid, "/elsewhere", [new(NewRun("a") with { Root = "/elsewhere" }, "1", IsUnended: false)], [], None);

        Assert.Equal([new KnownRun("a", "2", JobState.Completed, new UnendedRun("", IsJob: false))], await Index.ListKnownAsync(Ada.Uid, Root, None));
        Assert.Equal(["/elsewhere", Root], (await Index.ListIndexedRootsAsync(Ada.Uid, None)).Order(StringComparer.Ordinal));
        Assert.Equal(["name of a", "new"], (await ListAsync(new RunQuery { Order = RunOrder.Parse("name") })).Select(run => run.Name));
        Assert.Equal(["new"], (await ListAsync(new RunQuery { Text = "new" })).Select(run => run.Name));
        Assert.Equal(2, await Index.CountRunsAsync(Ada.Uid, None));
        Assert.Equal(0, await Index.CountRunsAsync(Bob.Uid, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Runs_are_chosen_by_what_is_known_of_them()
    {
        await PutAsync(
            NewRun("a") with { State = JobState.Failed, Tags = ["x", "y"], ConfigJson = """{"lr": 0.1, "opt": "adam"}""" },
            NewRun("b") with { Tags = ["x"], ConfigJson = """{"lr": 0.01, "opt": "sgd"}""", Note = "the best so far" },
            NewRun("c") with { Name = "resnet-50 baseline" });

        Assert.Equal("a", await IdsAsync(new RunQuery { States = [JobState.Failed, JobState.Lost] }));
        Assert.Equal("a b", await IdsAsync(new RunQuery { Tags = ["x"] }));
        Assert.Equal("a", await IdsAsync(new RunQuery { Tags = ["y", "x"] }));
        Assert.Equal("c", await IdsAsync(new RunQuery { Name = "RESNET" }));
        Assert.Equal("b", await IdsAsync(new RunQuery { Where = RunConditionParser.Parse("config.lr < 0.1") }));
        Assert.Equal("a b c", await IdsAsync(new RunQuery { OwnerUid = Ada.Uid }));
        Assert.Equal("", await IdsAsync(new RunQuery { OwnerUid = Bob.Uid }));
        Assert.Equal("", await IdsAsync(new RunQuery { OnlyRoots = ["/elsewhere"] }));
        Assert.Equal("a b c", await IdsAsync(new RunQuery { OnlyRoots = ["/elsewhere", Root] }));
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("adam", "a")]
    [InlineData("ADAM", "a")]
    [InlineData("ada*", "a")]
    [InlineData("ada", "")]
    [InlineData("best far", "b")]
    [InlineData("best never", "")]
    [InlineData("0.1", "a")]
    [InlineData("lr", "a b")]
    [InlineData("y", "a")]
    [InlineData("resnet-50", "c")]
    [InlineData("\"", "a b c")]
    [InlineData("* -", "a b c")]
    [InlineData("adam OR sgd", "")]
    [InlineData("NEAR(adam", "")]
    [InlineData("name:resnet", "")]
    public async Task Words_are_found_in_name_tags_note_and_config(string text, string expected)
    {
        await PutAsync(
            NewRun("a") with { Tags = ["x", "y"], ConfigJson = """{"lr": 0.1, "opt": "adam"}""" },
            NewRun("b") with { ConfigJson = """{"lr": 0.01, "opt": "sgd"}""", Note = "the best so far" },
            NewRun("c") with { Name = "resnet-50 baseline" });

        Assert.Equal(expected, await IdsAsync(new RunQuery { Text = text }));
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("-config.lr")]
    public async Task Pages_together_are_the_whole_list(string sort)
    {
        var runs = Enumerable.Range(0, 23).Select(number => NewRun($"r{number}") with
        {
            StartedAt = number % 5 == 0 ? null : Noon.AddSeconds(number % 3),
            ConfigJson = number % 4 == 0 ? null : $$"""{"lr": {{number % 6}}}""",
        });
        await PutAsync([.. runs]);
        var query = new RunQuery { Order = RunOrder.Parse(sort), Limit = 1000 };
        var whole = await ListAsync(query);

        var paged = new List<RunEntry>();
        RunPlace? after = null;
        do
        {
            var page = await Index.ListRunsAsync(query with { Limit = 4, After = after }, None);
            Assert.Equal(23, page.Total);
            paged.AddRange(page.Runs);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(whole.Select(run => run.RunId), paged.Select(run => run.RunId));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_list_of_all_runs_has_the_order_of_one_that_looks_at_each()
    {
        var job = await JobInAsync(JobState.Failed);
        var started = job.Attempt!.StartedAt!.Value;
        await PutAsync(
            NewRun("earlier") with { StartedAt = started.AddHours(-1) },
            NewRun(job.RunId) with { JobUid = job.Settings.Uid, StartedAt = started.AddDays(-9) },
            NewRun("never"),
            NewRun("later") with { StartedAt = started.AddHours(1) });

        var all = (await ListAsync(new RunQuery())).Select(run => run.RunId).ToList();

        Assert.Equal(["later", job.RunId, "earlier", "never"], all);
        Assert.Equal(all, (await ListAsync(new RunQuery { Where = RunConditionParser.Parse("owner = ada") })).Select(run => run.RunId));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_page_is_bounded_in_bytes_too()
    {
        var large = $$"""{"x": "{{new string('x', 1_000_000)}}"}""";
        await PutAsync([.. Enumerable.Range(0, 10).Select(number => NewRun($"r{number}") with { ConfigJson = large })]);

        var page = await Index.ListRunsAsync(new RunQuery { Limit = 10 }, None);

        Assert.InRange(page.Runs.Count, 2, 4);
        Assert.NotNull(page.Next);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_job_of_this_store_is_as_the_queue_says()
    {
        var job = await JobInAsync(JobState.Failed);
        var mine = NewRun(job.RunId) with { JobId = 99, JobUid = job.Settings.Uid, State = JobState.Running };
        await PutAsync(mine, mine with { RunId = "others", JobUid = Guid.CreateVersion7() });
        await Index.ChangeRunsAsync(Bob.Uid, Root, [new(mine with { OwnerUid = Bob.Uid, Owner = "bob" }, "1", true)], [], None);

        var runs = await ListAsync(new RunQuery { OwnerUid = Ada.Uid });
        var ended = runs.Single(run => run.RunId == job.RunId);
        Assert.Equal((job.Id, JobState.Failed, "exit_code", job.ReasonDetail), (ended.JobId, ended.State, ended.Reason, ended.ReasonDetail));
        Assert.Equal((3, 1, job.FinishedAt), (ended.ExitCode, ended.Attempt, ended.FinishedAt));
        Assert.Equal(JobState.Running, runs.Single(run => run.RunId == "others").State);
        Assert.Equal(JobState.Running, Assert.Single(await ListAsync(new RunQuery { OwnerUid = Bob.Uid })).State);
        Assert.Equal([ended.RunId], (await ListAsync(new RunQuery { States = [JobState.Failed] })).Select(run => run.RunId));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_run_is_found_by_its_id_and_by_its_beginning()
    {
        await PutAsync(NewRun("job-1"), NewRun("job-12"), NewRun("job-100%"));
        await Index.ChangeRunsAsync(Bob.Uid, "/bob", [new(NewRun("job-1") with { OwnerUid = Bob.Uid, Root = "/bob" }, "1", false)], [], None);

        Assert.Equal(["job-1", "job-1"], (await Index.FindRunsAsync(null, "job-1", 2, None)).Select(run => run.RunId));
        Assert.Equal(["job-1", "job-12", "job-100%"], (await Index.FindRunsAsync(Ada.Uid, "job-1", 9, None)).Select(run => run.RunId).OrderBy(id => id.Length));
        Assert.Equal(["job-100%"], (await Index.FindRunsAsync(Ada.Uid, "job-100", 9, None)).Select(run => run.RunId));
        Assert.Empty(await Index.FindRunsAsync(Ada.Uid, "%", 9, None));
        Assert.Empty(await Index.FindRunsAsync(Ada.Uid, "JOB-1", 9, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Runs_are_forgotten_of_one_user_or_of_all_and_directories_stay()
    {
        await Index.AddRootsAsync([new(Ada, Root), new(Bob, "")], None);
        await PutAsync(NewRun("a"));
        await Index.ChangeRunsAsync(Bob.Uid, "/bob", [new(NewRun("b") with { OwnerUid = Bob.Uid, Root = "/bob" }, "1", false)], [], None);

        await Index.ForgetRunsAsync(Ada.Uid, None);
        Assert.Equal("b", await IdsAsync(new RunQuery { Text = "name" }));
        await Index.ForgetRunsAsync(null, None);
        Assert.Equal("", await IdsAsync(new RunQuery()));
        await PutAsync(NewRun("c"));
        Assert.Equal("c", await IdsAsync(new RunQuery { Text = "name" }));

        Assert.Equal([(Ada.Uid, Root), (Bob.Uid, "")], (await Index.ListRootsAsync(null, None)).Select(root => (root.Owner.Uid, root.Path)));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_submit_remembers_where_its_run_will_be()
    {
        await AddAsync();
        await AddAsync(Settings() with { RunsDir = Root });
        await AddAsync(Settings() with { RunsDir = Root }, Ada with { Groups = [4], Name = "ada2" });
        await AddAsync(owner: Bob);

        var roots = await Index.ListRootsAsync(Ada.Uid, None);
        Assert.Equal(["", Root], roots.Select(root => root.Path));
        Assert.Equal(Ada with { Groups = roots[0].Owner.Groups }, roots[0].Owner);
        Assert.Equal((uint[])[4], roots[1].Owner.Groups);
        Assert.Equal("ada2", roots[1].Owner.Name);
        Assert.Equal(3, (await Index.ListRootsAsync(null, None)).Count);
    }

    private static RunEntry NewRun(string id) =>
        new() { RunId = id, Root = Root, OwnerUid = Ada.Uid, Owner = Ada.Name, Name = $"name of {id}", State = JobState.Completed };

    private Task PutAsync(params RunEntry[] runs) =>
        Index.ChangeRunsAsync(Ada.Uid, Root, [.. runs.Select(run => new FoundRun(run, "1", IsUnended: false))], [], None);

    private async Task<IReadOnlyList<RunEntry>> ListAsync(RunQuery query) => (await Index.ListRunsAsync(query, None)).Runs;

    private async Task<string> IdsAsync(RunQuery query) =>
        string.Join(' ', (await ListAsync(query)).Select(run => run.RunId).Order(StringComparer.Ordinal));
}

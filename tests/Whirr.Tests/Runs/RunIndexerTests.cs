using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Runs;

/// <summary>The index is as the files are.</summary>
public sealed class RunIndexerTests : IAsyncLifetime
{
    private const int Limit = 60_000;
    private static readonly object Running = new { status = "running", hostname = RunTree.Here };

    private RunTree _tree = null!;

    public async Task InitializeAsync() => _tree = await RunTree.MakeAsync();

    public async Task DisposeAsync() => await _tree.DisposeAsync();

    [Fact(Timeout = Limit)]
    public async Task Runs_come_change_and_go_with_their_directories()
    {
        var first = _tree.Add("local-1", new { name = "one", status = "completed", tags = new[] { "x" } }, """{"lr": 0.1}""");
        _tree.Add("local-2");
        Directory.CreateDirectory($"{_tree.Root}/no-run");
        RunTree.Write($"{_tree.Root}/file", "x");
        Assert.Equal(["local-2", "one"], (await _tree.ListAsync()).Select(run => run.Name));

        RunTree.Write($"{first}/config.json", """{"lr": 0.2}""");
        Directory.Delete($"{_tree.Root}/local-2", recursive: true);
        _tree.Add("local-3");

        var runs = await _tree.ListAsync();
        Assert.Equal(["local-3", "one"], runs.Select(run => run.Name));
        Assert.Equal("""{"lr": 0.2}""", runs[1].ConfigJson);
        Assert.Equal(first, runs[1].RunDir);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_changed_at_once_again_is_seen_although_time_and_size_are_the_same()
    {
        var path = $"{_tree.Add("local-1")}/meta.json";
        for (var round = 0; round < 20; round++)
        {
            var name = $"name{round % 2}";
            await File.WriteAllTextAsync(path, $$"""{"name": "{{name}}", "status": "completed"}""");
            Assert.Equal(name, Assert.Single(await _tree.ListAsync()).Name);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_lives_while_its_process_holds_the_lock_and_is_lost_after_it()
    {
        var directory = _tree.Add("local-1", Running);
        using (RunTree.Hold(directory))
        {
            Assert.Equal(JobState.Running, Assert.Single(await _tree.ListAsync()).State);
            Assert.Equal(JobState.Running, Assert.Single(await _tree.ListAsync()).State);
        }

        var lost = Assert.Single(await _tree.ListAsync());
        Assert.Equal(JobState.Lost, lost.State);
        Assert.Contains("ended without a word", lost.ReasonDetail, StringComparison.Ordinal);
        using (RunTree.Hold(directory))
        {
            var again = Assert.Single(await _tree.ListAsync());
            Assert.Equal((JobState.Running, ""), (again.State, again.ReasonDetail));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_of_another_machine_is_lost_only_after_a_long_silence()
    {
        var directory = _tree.Add("local-1", new { status = "running", hostname = "there" });
        RunTree.Write($"{directory}/run.lock", "");
        Assert.Equal(JobState.Running, Assert.Single(await _tree.ListAsync()).State);

        RunTree.Age($"{directory}/run.lock", TimeSpan.FromMinutes(11));
        Assert.Equal(JobState.Lost, Assert.Single(await _tree.ListAsync()).State);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_the_database_the_files_give_the_same_runs_with_the_same_states()
    {
        var elsewhere = Directory.CreateDirectory($"{_tree.Place}/project/.whirr/runs").FullName;
        string[] states = ["completed", "failed", "cancelled", "lost", "running"];
        foreach (var (state, number) in states.Select((state, number) => (state, number)))
        {
            _tree.Add($"local-{number}", new { status = state, name = $"n{number}", started_at = "2026-01-01T00:00:00Z", duration_seconds = 5, reason = "signal", tags = new[] { "t" } }, """{"a": 1}""");
        }

        _tree.Add("job-7", new { status = "failed", job_id = 7, job_uid = Guid.CreateVersion7(), exit_code = 3, attempt = 2 }, root: elsewhere);
        var before = JsonSerializer.Serialize(await _tree.ListAsync(null, elsewhere));

        await _tree.DeleteDatabaseAsync();
        Assert.Empty(await _tree.IndexedAsync());
        Assert.Empty(await _tree.LookAsync(null, anew: true, elsewhere));
        Assert.Equal(before, JsonSerializer.Serialize(await _tree.IndexedAsync()));

        Assert.Empty(await _tree.LookAsync(null, anew: true));
        Assert.Equal(before, JsonSerializer.Serialize(await _tree.IndexedAsync()));
        Assert.Equal(6, await _tree.Store.CountRunsAsync(_tree.Me.Uid, CancellationToken.None));
    }

    [Fact(Timeout = Limit)]
    public async Task Two_paths_to_one_directory_show_its_runs_once()
    {
        var real = Directory.CreateDirectory($"{_tree.Place}/real").FullName;
        _tree.Add("local-1", root: real);
        File.CreateSymbolicLink($"{_tree.Place}/link", real);

        Assert.Equal(real, Assert.Single(await _tree.ListAsync(null, $"{_tree.Place}/link")).Root);
        Assert.Single(await _tree.ListAsync(null, real));
        Assert.Single(await _tree.ListAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_directory_that_is_named_is_remembered_and_one_that_is_not_there_is_not()
    {
        var named = Directory.CreateDirectory($"{_tree.Place}/named").FullName;
        _tree.Add("local-1", root: named);

        Assert.Single(await _tree.ListAsync(null, named, $"{_tree.Place}/nothing"));
        Assert.Single(await _tree.ListAsync());
        Assert.Equal(["", named], (await _tree.Store.ListRootsAsync(null, CancellationToken.None)).Select(root => root.Path));

        Directory.Delete(named, recursive: true);
        Assert.Empty(await _tree.ListAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Hostile_files_cost_a_sentence_each()
    {
        var directory = _tree.Add("fifo");
        File.Delete($"{directory}/meta.json");
        MakeFifo($"{directory}/meta.json");
        MakeFifo($"{directory}/config.json");
        MakeFifo($"{directory}/run.lock");
        directory = _tree.Add("link");
        File.Delete($"{directory}/meta.json");
        File.CreateSymbolicLink($"{directory}/meta.json", "/etc/passwd");
        directory = _tree.Add("huge");
        using (var huge = File.OpenWrite($"{directory}/config.json"))
        {
            huge.SetLength(10L << 30);
        }

        directory = _tree.Add("huger");
        using (var huge = File.OpenWrite($"{directory}/meta.json"))
        {
            huge.SetLength(10L << 30);
        }

        directory = _tree.Add("inner");
        File.Delete($"{directory}/meta.json");
        Directory.CreateDirectory($"{directory}/meta.json");
        File.CreateSymbolicLink($"{_tree.Root}/outside", _tree.Add("victim", root: Directory.CreateDirectory($"{_tree.Place}/others").FullName));
        _tree.Add("evil\u001b[31m\n");
        _tree.Add(".hidden");
        _tree.Add("empty");
        File.WriteAllText($"{_tree.Root}/empty/meta.json", "");

        var runs = (await _tree.ListAsync()).ToDictionary(run => run.RunId, run => run);

        Assert.Equal(["empty", "evil\u001b[31m\n", "fifo", "huge", "huger", "inner", "link"], runs.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("not a plain file", runs["fifo"].Problem, StringComparison.Ordinal);
        Assert.Contains("is a link", runs["link"].Problem, StringComparison.Ordinal);
        Assert.Contains("config.json is larger than 1 MiB", runs["huge"].Problem, StringComparison.Ordinal);
        Assert.Contains("meta.json is larger than 8 MiB", runs["huger"].Problem, StringComparison.Ordinal);
        Assert.Contains("not a plain file", runs["inner"].Problem, StringComparison.Ordinal);
        Assert.Equal("meta.json is empty", runs["empty"].Problem);
        Assert.DoesNotContain("root:", JsonSerializer.Serialize(runs), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_look_that_takes_too_long_is_cut_and_goes_on_the_next_time()
    {
        foreach (var number in Enumerable.Range(0, 50))
        {
            _tree.Add($"local-{number}");
        }

        using var soon = new CancellationTokenSource();
        var scan = _tree.Folders.Scan(_tree.Me, _tree.Root, [], _ => { }, soon.Token);
        Assert.Empty(scan.Problems);

        await soon.CancelAsync();
        var known = new KnownRun("local-1", "", JobState.Completed, null);
        scan = _tree.Folders.Scan(_tree.Me, _tree.Root, [known], _ => { }, soon.Token);
        Assert.Contains("50 of 50 entries", Assert.Single(scan.Problems), StringComparison.Ordinal);
        Assert.Empty(scan.Gone);
        Assert.Equal(50, (await _tree.ListAsync()).Count);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_system_that_hangs_holds_up_neither_the_answer_nor_the_other_directories()
    {
        _tree.Add("local-1");
        var stuck = Directory.CreateDirectory($"{_tree.Place}/stuck").FullName;
        _tree.Add("local-2", root: stuck);
        Assert.Equal(2, (await _tree.ListAsync(null, stuck)).Count);
        using var files = new StuckFiles(_tree.Folders, stuck);
        using var indexer = _tree.IndexerOver(files);
        _tree.Add("local-3");

        var look = await indexer.RunOnceAsync(_tree.Me, [], TimeSpan.FromMilliseconds(200), anew: false, CancellationToken.None);
        Assert.Contains($"{stuck} does not answer in time", Assert.Single(look.Problems), StringComparison.Ordinal);
        look = await indexer.RunOnceAsync(_tree.Me, [], TimeSpan.FromSeconds(20), anew: false, CancellationToken.None);
        Assert.Contains($"{stuck} is not looked at", Assert.Single(look.Problems), StringComparison.Ordinal);
        Assert.Equal(3, (await _tree.IndexedAsync()).Count);

        files.LetGo();
        while ((await indexer.RunOnceAsync(_tree.Me, [], TimeSpan.FromSeconds(20), anew: false, CancellationToken.None)).Problems.Count > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(3, (await _tree.IndexedAsync()).Count);
    }

    [Fact(Timeout = Limit)]
    public async Task A_directory_that_is_none_is_a_sentence_and_keeps_what_was_known()
    {
        _tree.Add("local-1");
        RunTree.Write($"{_tree.Place}/file", "x");

        Assert.Single(await _tree.ListAsync(null, $"{_tree.Place}/file"));
    }

    private static void MakeFifo(string path)
    {
        using var made = System.Diagnostics.Process.Start("/usr/bin/mkfifo", [path]);
        made.WaitForExit();
    }

    /// <summary>Files of which one directory does not answer.</summary>
    private sealed class StuckFiles(IRunFiles files, string stuck) : IRunFiles, IDisposable
    {
        private readonly ManualResetEventSlim _free = new();

        public void LetGo() => _free.Set();

        public string DefaultRootOf(JobOwner owner) => files.DefaultRootOf(owner);

        public string? Resolve(JobOwner owner, string root)
        {
            if (root == stuck)
            {
                _free.Wait();
            }

            return files.Resolve(owner, root);
        }

        public IReadOnlyList<JobOwner> OwnersHere() => files.OwnersHere();

        public RunScan Scan(JobOwner owner, string root, IReadOnlyList<KnownRun> known, Action<IReadOnlyList<FoundRun>> found, CancellationToken cancellation) =>
            files.Scan(owner, root, known, found, cancellation);

        public void Dispose() => _free.Dispose();
    }
}

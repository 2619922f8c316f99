using Whirr.Domain.Jobs;
using Whirr.Linux.Descriptors;
using Whirr.Tests.Runners;

namespace Whirr.Tests.Runs;

/// <summary>Runs of several users under a daemon that is root: each is looked at with the rights of its owner.</summary>
public sealed class TwoOwnersTests
{
    private const int Limit = 60_000;
    private static readonly JobOwner Alice = World.Somebody(64_001);
    private static readonly JobOwner Bob = World.Somebody(64_101);

    [RootFact(Timeout = Limit)]
    public async Task Everybody_sees_their_own_runs_and_root_those_of_all()
    {
        await using var tree = await RunTree.MakeAsync(systemMode: true);
        AddFor(tree, Alice, "local-1");
        AddFor(tree, Bob, "local-2");

        Assert.Equal(["local-1"], (await tree.ListAsync(Alice)).Select(run => run.RunId));
        Assert.Empty(await tree.LookAsync(tree.Me));
        Assert.Equal(["local-1", "local-2"], (await tree.IndexedAsync()).Select(run => run.RunId));
        Assert.Equal(["local-2"], (await tree.IndexedAsync(Bob.Uid)).Select(run => run.RunId));

        // Also when nothing is known but the files.
        await tree.DeleteDatabaseAsync();
        Assert.Empty(await tree.LookAsync(tree.Me, anew: true));
        Assert.Equal(["local-1", "local-2"], (await tree.IndexedAsync()).Select(run => run.RunId));
    }

    [RootFact(Timeout = Limit)]
    public async Task A_place_that_the_user_may_not_look_into_is_not_looked_into()
    {
        await using var tree = await RunTree.MakeAsync(systemMode: true);
        var run = AddFor(tree, Bob, "local-2");
        var root = Path.GetDirectoryName(run)!;
        File.SetUnixFileMode(root, (UnixFileMode)0b111_000_000);
        var link = $"{tree.Place}/link";
        File.CreateSymbolicLink(link, root);

        Assert.Contains("ermission denied", Assert.Single(await tree.LookAsync(Alice, anew: false, root)), StringComparison.Ordinal);
        Assert.Contains("ermission denied", Assert.Single(await tree.LookAsync(Alice, anew: false, link)), StringComparison.Ordinal);
        Assert.Empty(await tree.IndexedAsync());
        Assert.Equal([""], (await tree.Store.ListRootsAsync(null, CancellationToken.None)).Select(known => known.Path));
    }

    [RootFact(Timeout = Limit)]
    public async Task Runs_of_others_are_left_out_also_where_they_can_be_read()
    {
        await using var tree = await RunTree.MakeAsync(systemMode: true);
        var shared = Directory.CreateDirectory($"{tree.Place}/shared").FullName;
        Give(tree.Add("local-1", root: shared), Alice);
        Give(tree.Add("local-2", root: shared), Bob);

        Assert.Contains("1 directory", Assert.Single(await tree.LookAsync(Alice, anew: false, shared)), StringComparison.Ordinal);

        Assert.Equal(["local-1"], (await tree.IndexedAsync()).Select(run => run.RunId));
    }

    [RootFact(Timeout = Limit)]
    public async Task What_only_root_may_read_is_not_read_through_links_or_foreign_files()
    {
        await using var tree = await RunTree.MakeAsync(systemMode: true);
        var secret = $"{tree.Place}/secret";
        RunTree.Write(secret, """{"name": "secret", "status": "completed"}""");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var roots = Directory.CreateDirectory($"{tree.Place}/roots").FullName;
        tree.Add("victim", new { name = "secret", status = "completed" }, root: roots);
        File.SetUnixFileMode(roots, (UnixFileMode)0b111_000_000);

        var link = AddFor(tree, Alice, "link");
        File.Delete($"{link}/meta.json");
        File.CreateSymbolicLink($"{link}/meta.json", secret);
        var config = AddFor(tree, Alice, "config");
        File.CreateSymbolicLink($"{config}/config.json", secret);
        var hard = AddFor(tree, Alice, "hard");
        File.Delete($"{hard}/meta.json");
        RunTree.Write($"{hard}/meta.json", """{"name": "secret", "status": "completed"}""");
        var directory = AddFor(tree, Alice, "ok");
        File.CreateSymbolicLink($"{Path.GetDirectoryName(directory)}/whole", $"{roots}/victim");

        var runs = await tree.ListAsync(Alice);

        Assert.Equal(["config", "hard", "link", "ok"], runs.Select(run => run.RunId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(runs, run => run.Name == "secret" || run.ConfigJson is not null);
        Assert.Equal(3, runs.Count(run => run.Problem.Length > 0));
    }

    [RootFact(Timeout = Limit)]
    public async Task The_lock_of_a_run_is_seen_with_the_rights_of_its_owner()
    {
        await using var tree = await RunTree.MakeAsync(systemMode: true);
        var run = AddFor(tree, Alice, "local-1", new { status = "running", hostname = RunTree.Here });
        using (RunTree.Hold(run))
        {
            Paths.ChangeOwner(null, $"{run}/run.lock", Alice.Uid, Alice.Gid);
            Assert.Equal(JobState.Running, Assert.Single(await tree.ListAsync(Alice)).State);
        }

        Assert.Equal(JobState.Lost, Assert.Single(await tree.ListAsync(Alice)).State);
    }

    private static string AddFor(RunTree tree, JobOwner owner, string id, object? meta = null)
    {
        var root = Directory.CreateDirectory(tree.Folders.DefaultRootOf(owner)).FullName;
        Paths.ChangeOwner(null, root, owner.Uid, owner.Gid);
        var run = tree.Add(id, meta, root: root);
        Give(run, owner);
        return run;
    }

    private static void Give(string run, JobOwner owner)
    {
        Paths.ChangeOwner(null, run, owner.Uid, owner.Gid);
        foreach (var file in Directory.GetFiles(run))
        {
            Paths.ChangeOwner(null, file, owner.Uid, owner.Gid);
        }
    }
}

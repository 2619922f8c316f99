using Whirr.Domain.Jobs;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;
using Whirr.Runners.Process;

namespace Whirr.Tests.Runners;

/// <summary>Jobs of several users under a daemon that is root.</summary>
[Trait("needs", "programs")]
public sealed class UserTests
{
    private const int Limit = 60_000;
    private const uint Alice = 64_001;
    private const uint Bob = 64_101;

    [RootFact(Timeout = Limit)]
    public async Task A_job_runs_as_its_owner_with_the_owners_groups()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), "grep", "-E", "^(Uid|Gid|Groups):", "/proc/self/status");

        await (await world.StartAsync(job)).Ended;

        var lines = world.LogOf(job).Split('\n').Select(line => line.Trim().Replace('\t', ' ')).ToList();
        Assert.Equal($"Uid: {Alice} {Alice} {Alice} {Alice}", lines[0]);
        Assert.Equal($"Gid: {Alice} {Alice} {Alice} {Alice}", lines[1]);
        Assert.Equal($"Groups: {Alice + 1} {Alice + 2}", lines[2]);
    }

    [RootFact(Timeout = Limit)]
    public async Task The_run_directory_and_all_in_it_belong_to_the_owner_and_others_cannot_look()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), "true");
        await (await world.StartAsync(job)).Ended;

        var spy = world.NewJob(World.Somebody(Bob), "sh", "-c", $"find {world.RunDirOf(job)} ! -user {Alice}; cat {world.RunDirOf(job)}/output.log");
        await (await world.StartAsync(spy)).Ended;
        var owners = world.NewJob("find", world.RunDirOf(job), "!", "-user", $"{Alice}");
        await (await world.StartAsync(owners)).Ended;

        Assert.Equal("", File.ReadAllText($"{world.RunDirOf(owners)}/output.log"));
        Assert.Contains("Permission denied", world.LogOf(spy), StringComparison.Ordinal);
    }

    [RootFact(Timeout = Limit)]
    public async Task A_job_dies_with_its_keeper_although_it_changed_users()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), world.Program, "with-child", "ignore-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");

        await world.RestartDaemonAsync();
        using var command = Pidfd.TryOpen(world.FactsOf(job).CommandPid)!;
        ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Kill);

        Assert.Equal(1, await Task.Run(() => Poller.Wait([new PollEntry(command.Number, PollEntry.In)], Limit / 2)));
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        Assert.Equal(EndReason.KeeperDied, Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended).Reason);
        Assert.Empty(world.Processes());
        Assert.Contains("\"lost\"", File.ReadAllText($"{world.RunDirOf(job)}/meta.json"), StringComparison.Ordinal);
    }

    [RootFact(Timeout = Limit)]
    public async Task A_working_directory_that_the_owner_may_not_enter_is_named()
    {
        await using var world = new World(systemMode: true);
        var secret = Directory.CreateDirectory($"{world.Root}/secret");
        secret.UnixFileMode = (UnixFileMode)0b111_000_000;
        var job = world.NewJob(World.Somebody(Alice), "true");
        var attempt = await world.StartAsync(job with { Settings = job.Settings with { Workdir = secret.FullName } });

        var failed = Assert.IsType<AttemptEnding.StartFailed>(await attempt.Ended);

        Assert.Equal($"working directory {secret.FullName} may not be entered (permission denied)", failed.Sentence);
    }

    [RootFact(Timeout = Limit)]
    public async Task Root_writes_nothing_where_the_owner_could_not()
    {
        // The owner puts links in the place of the files that whirr writes at the end.
        await using var world = new World(systemMode: true);
        var target = $"{world.Root}/root-owned";
        File.WriteAllText(target, "untouched");
        var job = world.NewJob(
            World.Somebody(Alice), "sh", "-c", $"cd $WHIRR_RUN_DIR && rm meta.json && ln -s {target} meta.json && ln -s {target} .meta.json.new");

        await (await world.StartAsync(job)).Ended;

        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Contains(world.Warnings, warning => warning.Sentence.Contains("meta.json", StringComparison.Ordinal));
    }

    [RootFact(Timeout = Limit)]
    public async Task A_run_directory_where_the_owner_may_not_write_is_refused()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), "true");
        var attempt = await world.StartAsync(job with { Settings = job.Settings with { RunsDir = "/root/runs" } });

        Assert.Contains("/root/runs", Assert.IsType<AttemptEnding.StartFailed>(await attempt.Ended).Sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/root/runs"));
    }

    [RootFact(Timeout = Limit)]
    public async Task A_users_directory_that_was_removed_is_made_again()
    {
        await using var world = new World(systemMode: true);
        await (await world.StartAsync(world.NewJob(World.Somebody(Alice), "true"))).Ended;
        Directory.Delete($"{world.Options.DefaultRunsDir}/{Alice}", recursive: true);

        var ending = await (await world.StartAsync(world.NewJob(World.Somebody(Alice), "true"))).Ended;

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(ending).ExitCode);
    }

    [RootFact(Timeout = Limit)]
    public async Task Root_writes_no_end_into_a_directory_that_was_put_in_the_place_of_its_own()
    {
        // In a project of the user's, the user may rename what root made, and lay down a link or a directory.
        await using var world = new World(systemMode: true);
        var others = Directory.CreateDirectory($"{world.Root}/others").FullName;
        foreach (var swap in (string[])[$"ln -s {others} $WHIRR_RUN_DIR", $"mkdir $WHIRR_RUN_DIR && chown {Alice} $WHIRR_RUN_DIR"])
        {
            var job = world.NewJob("sh", "-c", $"mv $WHIRR_RUN_DIR $WHIRR_RUN_DIR.old && {swap}");

            await (await world.StartAsync(job with { Settings = job.Settings with { RunsDir = $"{world.Work}/.whirr" } })).Ended;

            Assert.Empty(Directory.EnumerateFileSystemEntries($"{world.Work}/.whirr/{job.RunId}/"));
            Assert.Contains(world.Warnings, warning => warning.Key.JobId == job.Id && warning.Sentence.Contains(job.RunId, StringComparison.Ordinal));
        }
    }

    [RootFact(Timeout = Limit)]
    public async Task Runs_in_the_daemons_place_are_private_and_runs_in_a_project_follow_the_umask()
    {
        await using var world = new World(systemMode: true);
        var own = world.NewJob(World.Somebody(Alice), "true");
        var shared = world.NewJob(World.Somebody(Alice), "sh", "-c", "umask");
        var closed = world.NewJob(World.Somebody(Alice), "sh", "-c", "umask");
        var project = $"{world.Work}/.whirr";

        await (await world.StartAsync(own with { Settings = own.Settings with { Umask = 0 } })).Ended;
        await (await world.StartAsync(shared with { Settings = shared.Settings with { Umask = 0b010, RunsDir = project } })).Ended;
        await (await world.StartAsync(closed with { Settings = closed.Settings with { Umask = 0b111_111_111, RunsDir = project } })).Ended;

        Assert.Equal("700 700 600 600 600 700", Modes(Path.GetDirectoryName(world.RunDirOf(own))!, world.RunDirOf(own)));
        Assert.Equal("775 775 664 664 664 775", Modes(project, $"{project}/{shared.RunId}"));
        Assert.Equal("775 700 600 600 600 700", Modes(project, $"{project}/{closed.RunId}"));
        Assert.Equal("0002\n", File.ReadAllText($"{project}/{shared.RunId}/output.log"));
        Assert.Equal("0777\n", File.ReadAllText($"{project}/{closed.RunId}/output.log"));
        Assert.Empty(world.Warnings);
    }

    [RootFact(Timeout = Limit)]
    public async Task A_log_is_read_with_the_rights_of_its_owner()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), "echo", "mine");
        await (await world.StartAsync(job)).Ended;
        using var logs = new RunLogs(systemMode: true);

        using var log = logs.Open(job.Owner, world.RunDirOf(job));
        var buffer = new byte[16];

        Assert.Equal("mine\n"u8.ToArray(), buffer[..log!.Read(0, buffer)]);
        Assert.Throws<UnauthorizedAccessException>(() => logs.Open(World.Somebody(Bob), world.RunDirOf(job)));
    }

    [RootFact(Timeout = Limit)]
    public async Task A_log_that_is_a_link_a_pipe_or_somebody_elses_is_not_read()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(Alice), "sh", "-c", "cd $WHIRR_RUN_DIR && mkdir link pipe && ln -s /etc/passwd link/output.log && mkfifo pipe/output.log");
        await (await world.StartAsync(job)).Ended;
        var foreign = Directory.CreateDirectory($"{world.Work}/foreign").FullName;
        File.WriteAllText($"{foreign}/output.log", "of root");
        using var logs = new RunLogs(systemMode: true);

        foreach (var directory in (string[])[$"{world.RunDirOf(job)}/link", $"{world.RunDirOf(job)}/pipe", foreign])
        {
            Assert.Throws<UnauthorizedAccessException>(() => logs.Open(job.Owner, directory));
        }

        Assert.Null(logs.Open(job.Owner, $"{world.Work}/nothing"));
    }

    /// <summary>Octal permissions of the directory above, of the run directory and of what whirr makes in it.</summary>
    private static string Modes(string above, string runDir) => string.Join(
        ' ',
        new[] { above, runDir, $"{runDir}/meta.json", $"{runDir}/config.json", $"{runDir}/output.log", $"{runDir}/artifacts" }
            .Select(path => Convert.ToString((int)File.GetUnixFileMode(path), 8)));
}

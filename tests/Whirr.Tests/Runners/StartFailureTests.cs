using System.Text;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Runners;

/// <summary>Jobs that cannot be started say why in a sentence, to the queue and in the log of the run.</summary>
[Trait("needs", "programs")]
public sealed class StartFailureTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public Task A_missing_program_is_named_with_the_path_that_was_searched() =>
        FailsAsync("cannot start \"trian.py\": no such file in PATH (/usr/bin:/bin)", "trian.py");

    [Fact(Timeout = Limit)]
    public Task A_missing_file_is_named_with_the_working_directory() =>
        FailsAsync("cannot start \"./trian.py\": no such file (in WORK)", "./trian.py");

    [Fact(Timeout = Limit)]
    public Task A_missing_working_directory_is_named() =>
        FailsAsync("working directory /no/such/place does not exist", job => job with { Settings = job.Settings with { Workdir = "/no/such/place" } }, "true");

    [Fact(Timeout = Limit)]
    public Task A_working_directory_that_is_a_file_is_named() =>
        FailsAsync("working directory /etc/passwd is not a directory", job => job with { Settings = job.Settings with { Workdir = "/etc/passwd" } }, "true");

    [Fact(Timeout = Limit)]
    public Task A_file_that_is_not_executable_is_named() =>
        FailsAsync("./data is not executable (permission denied)", world => File.WriteAllText($"{world.Work}/data", "x"), "./data");

    [Fact(Timeout = Limit)]
    public Task A_directory_is_no_program() =>
        FailsAsync("./d is a directory", world => Directory.CreateDirectory($"{world.Work}/d"), "./d");

    [Fact(Timeout = Limit)]
    public Task A_script_without_a_first_line_is_explained() =>
        FailsAsync("has it no \"#!\" line", world => Script(world, "train", "echo hello"), "./train");

    [Fact(Timeout = Limit)]
    public Task A_script_whose_interpreter_is_missing_is_explained() =>
        FailsAsync("its interpreter /usr/bin/pyhton3 does not exist", world => Script(world, "train", "#!/usr/bin/pyhton3 -u\n"), "./train");

    [Fact(Timeout = Limit)]
    public Task An_argument_that_Linux_cannot_take_is_explained_with_sizes() =>
        FailsAsync("too long for Linux, which takes 6 MiB in all and 128 KiB in one argument", "echo", new string('x', 200_000));

    [Fact(Timeout = Limit)]
    public async Task A_program_in_the_working_directory_is_found_by_an_empty_entry_of_PATH()
    {
        await using var world = new World();
        Script(world, "train", "#!/bin/sh\necho found\n");
        var job = world.NewJob("train");

        var claim = world.Claim(job);
        var attempt = await world.Runner.StartAsync(claim with { Environment = "PATH=/nowhere::/bin\0"u8.ToArray() }, CancellationToken.None);

        Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal("found\n", world.LogOf(job));
    }

    [RootFact(Timeout = Limit)]
    public async Task Directories_in_PATH_that_cannot_be_searched_are_passed_over()
    {
        await using var world = new World(systemMode: true);
        Directory.CreateDirectory($"{world.Work}/closed").UnixFileMode = 0;
        File.CreateSymbolicLink($"{world.Work}/loop", $"{world.Work}/loop");
        await File.WriteAllTextAsync($"{world.Work}/file", "");
        var unusable = $"{world.Work}/closed:{world.Work}/loop:{world.Work}/file:/{new string('x', 300)}";
        var found = world.NewJob(World.Somebody(64_001), "true");
        var missing = world.NewJob(World.Somebody(64_001), "trian.py");

        Assert.IsType<AttemptEnding.Exited>(await EndWithPathAsync(world, found, $"{unusable}:/usr/bin:/bin"));
        var denied = Assert.IsType<AttemptEnding.StartFailed>(await EndWithPathAsync(world, missing, $"{unusable}:/usr/bin"));
        Assert.Equal($"cannot start \"trian.py\": {world.Work}/closed/trian.py may not be looked at (permission denied)", denied.Sentence);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_in_PATH_that_is_not_executable_gives_way_to_one_that_is()
    {
        await using var world = new World();
        Directory.CreateDirectory($"{world.Work}/first");
        await File.WriteAllTextAsync($"{world.Work}/first/true", "");

        Assert.IsType<AttemptEnding.Exited>(await EndWithPathAsync(world, world.NewJob("true"), $"{world.Work}/first:/usr/bin:/bin"));
        var denied = Assert.IsType<AttemptEnding.StartFailed>(await EndWithPathAsync(world, world.NewJob("true"), $"{world.Work}/first:/nowhere"));
        Assert.Contains($"{world.Work}/first/true is not executable", denied.Sentence, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_directory_that_cannot_be_made_is_named()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        var attempt = await world.StartAsync(job with { Settings = job.Settings with { RunsDir = "/dev/null/runs" } });

        var failed = Assert.IsType<AttemptEnding.StartFailed>(await attempt.Ended);

        Assert.StartsWith($"run directory /dev/null/runs/{job.RunId} cannot be made", failed.Sentence, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_keeper_is_told_at_once()
    {
        await using var world = new World();
        world.Options = world.Options with { KeeperPath = "/no/whirr-keeper" };
        await world.RestartDaemonAsync();

        var error = await Assert.ThrowsAsync<RunnerException>(() => world.StartAsync("true"));

        Assert.Contains("/no/whirr-keeper", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_NUL_in_an_argument_is_told_at_once()
    {
        await using var world = new World();

        var error = await Assert.ThrowsAsync<RunnerException>(() => world.StartAsync("echo", "a\0b"));

        Assert.Contains("argument 1", error.Message, StringComparison.Ordinal);
    }

    private static async Task<AttemptEnding> EndWithPathAsync(World world, Job job, string path)
    {
        var claim = world.Claim(job) with { Environment = Encoding.UTF8.GetBytes($"PATH={path}\0") };
        return await (await world.Runner.StartAsync(claim, CancellationToken.None)).Ended;
    }

    private static Task FailsAsync(string sentence, params string[] command) => FailsAsync(sentence, _ => { }, job => job, command);

    private static Task FailsAsync(string sentence, Action<World> prepare, params string[] command) =>
        FailsAsync(sentence, prepare, job => job, command);

    private static Task FailsAsync(string sentence, Func<Job, Job> change, params string[] command) =>
        FailsAsync(sentence, _ => { }, change, command);

    private static async Task FailsAsync(string sentence, Action<World> prepare, Func<Job, Job> change, string[] command)
    {
        await using var world = new World();
        prepare(world);
        var job = change(world.NewJob(command));
        var attempt = await world.StartAsync(job);

        var failed = Assert.IsType<AttemptEnding.StartFailed>(await attempt.Ended);

        Assert.Contains(sentence.Replace("WORK", world.Work, StringComparison.Ordinal), failed.Sentence, StringComparison.Ordinal);
        Assert.Equal(EndedBy.Itself, failed.By);
        Assert.True(attempt.Started.IsCanceled);
        Assert.Equal($"whirr: {failed.Sentence}\n", world.LogOf(job));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("failed", meta.RootElement.GetProperty("status").GetString());
        Assert.Equal("start_failed", meta.RootElement.GetProperty("reason").GetString());
    }

    private static void Script(World world, string name, string text)
    {
        File.WriteAllText($"{world.Work}/{name}", text);
        File.SetUnixFileMode($"{world.Work}/{name}", (UnixFileMode)0b111_101_101);
    }
}

using System.Diagnostics;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>What a job finds when it starts, and what is left when it has ended by itself.</summary>
[Trait("needs", "programs")]
public sealed class StartTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task A_job_runs_and_its_exit_code_and_output_arrive()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "echo out; echo err >&2; exit 3");
        var attempt = await world.StartAsync(job);

        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);

        Assert.Equal((3, 0, EndedBy.Itself), (exited.ExitCode, exited.Signal, exited.By));
        Assert.Equal("out\nerr\n", world.LogOf(job));
        Assert.True(exited.StartedAt <= exited.EndedAt);
        Assert.Empty(world.Warnings);
    }

    [Fact(Timeout = Limit)]
    public async Task The_start_is_told_with_the_pid_and_the_run_directory()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "echo $$; exec sleep 60");
        var attempt = await world.StartAsync(job);

        var start = await attempt.Started;
        var log = await world.LogWithAsync(job, "\n");

        Assert.Equal($"{start.Pid}\n", log);
        Assert.Equal(world.RunDirOf(job), start.RunDir);
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_has_its_submitted_environment_with_the_variables_of_whirr_over_it()
    {
        await using var world = new World();
        var job = world.NewJob("env", "-0");
        var attempt = await world.StartAsync(job, "WHIRR_JOB_ID=999", "MULTI=a\nb", "BYTES=\u00e4", "HOME=/somewhere");

        await attempt.Ended;

        var entries = world.LogOf(job).Split('\0');
        Assert.Contains($"WHIRR_JOB_ID={job.Id}", entries);
        Assert.DoesNotContain("WHIRR_JOB_ID=999", entries);
        Assert.Contains($"WHIRR_RUN_ID=job-{job.Id}", entries);
        Assert.Contains($"WHIRR_RUN_DIR={world.RunDirOf(job)}", entries);
        Assert.Contains("WHIRR_ATTEMPT=1", entries);
        Assert.Contains($"WHIRR_SOCKET={world.Options.SocketPath}", entries);
        Assert.Contains("MULTI=a\nb", entries);
        Assert.Contains("BYTES=\u00e4", entries);
        Assert.Contains("HOME=/somewhere", entries);
        Assert.Contains($"USER={Environment.UserName}", entries);
    }

    [Fact(Timeout = Limit)]
    public async Task Bytes_that_are_no_text_reach_the_environment_of_the_job()
    {
        await using var world = new World();
        var job = world.NewJob("env", "-0");
        var claim = world.Claim(job);
        byte[] environment = [.. claim.Environment.Span, .. "RAW="u8, 0xff, 0xfe, 0];

        var attempt = await world.Runner.StartAsync(claim with { Environment = environment }, CancellationToken.None);
        await attempt.Ended;

        byte[] entry = [.. "RAW="u8, 0xff, 0xfe, 0];
        Assert.True(File.ReadAllBytes($"{world.RunDirOf(job)}/output.log").AsSpan().IndexOf(entry) >= 0);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_leads_a_session_and_has_nothing_open_but_its_three_streams()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "cat /proc/$$/stat; ls -l /proc/$$/fd; umask; pwd");
        var attempt = await world.StartAsync(job with { Settings = job.Settings with { Umask = 0b000_010_111 } });
        var start = await attempt.Started;
        await attempt.Ended;

        var log = world.LogOf(job);
        var stat = log.Split('\n')[0].Split(' ');
        Assert.Equal(($"{start.Pid}", $"{start.Pid}"), (stat[4], stat[5]));
        Assert.Contains("0 -> /dev/null", log, StringComparison.Ordinal);
        Assert.Contains($"1 -> {world.RunDirOf(job)}/output.log", log, StringComparison.Ordinal);
        Assert.Contains($"2 -> {world.RunDirOf(job)}/output.log", log, StringComparison.Ordinal);
        Assert.DoesNotContain("3 -> ", log, StringComparison.Ordinal);
        Assert.Contains("\n0027\n", log, StringComparison.Ordinal);
        Assert.EndsWith($"{world.Work}\n", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_has_no_signal_blocked_or_ignored()
    {
        await using var world = new World();
        var job = world.NewJob("grep", "-E", "Sig(Blk|Ign)", "/proc/self/status");

        await (await world.StartAsync(job)).Ended;

        Assert.Equal(["0", "0"], world.LogOf(job).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1].TrimStart('0') + "0"));
    }

    [Fact(Timeout = Limit)]
    public async Task The_run_directory_tells_what_ran_and_how_it_ended()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "cat $WHIRR_RUN_DIR/meta.json; exit 4");
        job = job with { Settings = job.Settings with { ConfigJson = """{"lr":0.1}""", Tags = ["a", "b"], Name = "my \"run\"" } };
        var attempt = await world.StartAsync(job);
        await attempt.Ended;

        using var before = JsonDocument.Parse(world.LogOf(job));
        Assert.Equal("running", before.RootElement.GetProperty("status").GetString());
        Assert.False(before.RootElement.TryGetProperty("exit_code", out _));
        using var after = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        var meta = after.RootElement;
        Assert.Equal($"job-{job.Id}", meta.GetProperty("run_id").GetString());
        Assert.Equal("my \"run\"", meta.GetProperty("name").GetString());
        Assert.Equal("failed", meta.GetProperty("status").GetString());
        Assert.Equal(4, meta.GetProperty("exit_code").GetInt32());
        Assert.Equal("exit_code", meta.GetProperty("reason").GetString());
        Assert.Equal(["a", "b"], meta.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.True(meta.GetProperty("duration_seconds").GetDouble() >= 0);
        Assert.EndsWith("Z", meta.GetProperty("finished_at").GetString(), StringComparison.Ordinal);
        Assert.Equal("{\"lr\":0.1}\n", File.ReadAllText($"{world.RunDirOf(job)}/config.json"));
        Assert.True(Directory.Exists($"{world.RunDirOf(job)}/artifacts"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_attempt_keeps_what_the_first_one_wrote()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "printf no-newline; echo $WHIRR_ATTEMPT >> $WHIRR_RUN_DIR/metrics.jsonl; sed -i 's/^{/{\"summary\":{\"best\":1},/' $WHIRR_RUN_DIR/meta.json");
        await (await world.StartAsync(job)).Ended;

        var second = World.Again(job);
        await (await world.StartAsync(second)).Ended;

        Assert.Equal("1\n2\n", File.ReadAllText($"{world.RunDirOf(job)}/metrics.jsonl"));
        Assert.Matches($"^no-newline\n──── whirr: attempt 2 of job-{job.Id}, started [-0-9T:]+Z ────\nno-newline$", world.LogOf(job));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal(1, meta.RootElement.GetProperty("summary").GetProperty("best").GetInt32());
        Assert.Equal(2, meta.RootElement.GetProperty("attempt").GetInt32());
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_of_an_earlier_queue_with_the_same_number_is_put_aside()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        Directory.CreateDirectory(world.RunDirOf(job));
        File.WriteAllText($"{world.RunDirOf(job)}/output.log", "old");

        await (await world.StartAsync(job)).Ended;

        Assert.Equal("", world.LogOf(job));
        var aside = Assert.Single(Directory.GetDirectories(world.Options.DefaultRunsDir, $"{job.RunId}.before-*"));
        Assert.Equal("old", File.ReadAllText($"{aside}/output.log"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_damaged_meta_file_is_kept_beside_a_new_one()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "printf '{\"torn' > $WHIRR_RUN_DIR/meta.json");
        await (await world.StartAsync(job)).Ended;

        Assert.Equal("{\"torn", File.ReadAllText($"{world.RunDirOf(job)}/meta.json.damaged"));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("completed", meta.RootElement.GetProperty("status").GetString());
    }

    [Fact(Timeout = Limit)]
    public async Task Who_changes_the_record_of_a_run_is_waited_for_but_not_for_ever()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "while [ ! -e stop ]; do sleep 0.05; done");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        var directory = Fd.Open(world.RunDirOf(job), OpenFlags.ReadOnly | OpenFlags.Directory);
        Assert.True(directory.TryLock());

        await File.WriteAllTextAsync($"{world.Work}/stop", "");
        var began = Stopwatch.GetTimestamp();
        await attempt.Ended;

        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(900));
        Assert.Contains("\"completed\"", await File.ReadAllTextAsync($"{world.RunDirOf(job)}/meta.json"), StringComparison.Ordinal);
        directory.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_job_used_is_measured_over_all_its_processes()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(world.Program, "with-child", "eat", "100");

        var ending = await attempt.Ended;

        Assert.InRange(ending.Usage.MaxRssBytes, 100L << 20, 200L << 20);
        Assert.InRange(ending.Usage.CpuTime, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact(Timeout = Limit)]
    public async Task A_signal_that_ends_the_job_is_told()
    {
        await using var world = new World();
        var attempt = await world.StartAsync("sh", "-c", "kill -SEGV $$");

        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);

        Assert.Equal((139, 11, EndedBy.Itself), (exited.ExitCode, exited.Signal, exited.By));
    }

    [Fact(Timeout = Limit)]
    public async Task A_signal_that_ends_the_job_while_it_is_being_started_is_told_as_one_that_ends_it_later()
    {
        await using var world = new World();
        List<string?> words = [];
        for (var round = 0; round < 40; round++)
        {
            var job = world.NewJob("sleep", "1000");
            var attempt = await world.StartAsync(job);
            var command = 0;
            SpinWait.SpinUntil(() => attempt.Ended.IsCompleted || TryCommandOf(world, job, out command));
            ChildProcess.Send(command, Signal.Kill);

            var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);

            Assert.Equal((137, 9, EndedBy.Itself), (exited.ExitCode, exited.Signal, exited.By));
            words.Add(exited.Detail);
        }

        Assert.Contains(words, word => word?.Contains("while it was being started", StringComparison.Ordinal) ?? false);
    }

    [Fact(Timeout = Limit)]
    public async Task A_mebibyte_of_arguments_and_two_of_environment_arrive()
    {
        await using var world = new World();
        var arguments = Enumerable.Range(0, 16).Select(i => new string((char)('a' + i), 65_535)).ToArray();
        var variables = Enumerable.Range(0, 32).Select(i => $"BIG{i}={new string('v', 65_535)}").ToArray();
        var job = world.NewJob(["sh", "-c", "echo $# ${#1} ${#16} $(tr -cd v < /proc/$$/environ | wc -c)", "sh", .. arguments]);

        var ending = await (await world.StartAsync(job, variables)).Ended;

        Assert.IsType<AttemptEnding.Exited>(ending);
        var numbers = world.LogOf(job).Trim().Split(' ');
        Assert.Equal(["16", "65535", "65535"], numbers[..3]);
        Assert.True(int.Parse(numbers[3]) >= 32 * 65_535);
    }

    [Fact(Timeout = Limit)]
    public async Task Forgetting_removes_what_was_kept()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        var attempt = await world.StartAsync(job);
        await attempt.Ended;
        Assert.True(File.Exists($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}"));

        attempt.Forget();
        await world.Runner.DisposeAsync();

        Assert.False(Directory.Exists(world.AttemptDirOf(job)));
    }

    [Fact(Timeout = Limit)]
    public async Task An_attempt_directory_of_an_earlier_queue_does_not_count()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "exit 5");
        Directory.CreateDirectory(world.AttemptDirOf(job));
        var stale = new ExitRecord { JobId = job.Id, Attempt = 1, LeaseEpoch = job.Attempt!.Key.LeaseEpoch, Ran = true, EndedAt = DateTimeOffset.UnixEpoch };
        File.WriteAllBytes($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}", ExitRecordFormat.Encode(stale));

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal(5, exited.ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Paths_longer_than_a_socket_address_work()
    {
        await using var world = new World();
        world.Options = world.Options with { AttemptsDir = $"{world.Root}/{new string('d', 120)}" };
        await world.RestartDaemonAsync();
        var job = world.NewJob("sh", "-c", "read x < go");
        Assert.Equal(0, await RunAsync("mkfifo", $"{world.Work}/go"));
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.RestartDaemonAsync();

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        await adopted.Started;
        await File.WriteAllTextAsync($"{world.Work}/go", "\n");

        Assert.IsType<AttemptEnding.Exited>(await adopted.Ended);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static bool TryCommandOf(World world, Job job, out int pid)
    {
        try
        {
            pid = world.FactsOf(job).CommandPid;
        }
        catch (Exception e) when (e is IOException or KeeperContractException)
        {
            // It is not there yet, or is being written.
            pid = 0;
        }

        return pid > 0;
    }
}

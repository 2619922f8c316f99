using System.Threading.Channels;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>A job that hangs is found, and one that does anything at all is left alone.</summary>
[Trait("needs", "programs")]
public sealed class StallTests
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_job_without_a_sign_of_progress_is_told_of_and_its_next_sign_too()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Watched(world.NewJob("sh", "-c", "mkfifo go; read x < go; seq 100; exec sleep 1000")));
        var signs = Listen(attempt);

        var stalled = await NextAsync<AttemptSign.Stalled>(signs);
        using (var go = Fd.Open($"{world.Work}/go", OpenFlags.WriteOnly))
        {
            go.WriteAll("\n"u8);
        }

        await NextAsync<AttemptSign.Resumed>(signs);
        await NextAsync<AttemptSign.Stalled>(signs);

        Assert.Matches("^it gave no sign of progress for [0-9]+s: no output, no metric, no processor time$", stalled.Sentence);
        await EndAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task A_line_of_metrics_is_a_sign()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Watched(world.NewJob("sleep", "1000")));
        var signs = Listen(attempt);
        await NextAsync<AttemptSign.Stalled>(signs);

        await File.AppendAllTextAsync($"{(await attempt.Started).RunDir}/metrics.jsonl", "{}\n");

        await NextAsync<AttemptSign.Resumed>(signs);
        await EndAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task Work_without_output_is_a_sign_also_in_a_child_of_a_child()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Watched(world.NewJob("sh", "-c", "sh -c 'while :; do :; done'; :")));
        var signs = Listen(attempt);
        await attempt.Started;

        // Three times as much processor time as it may be without.
        await Facts.UntilAsync(() => world.Processes().Any(process => CpuTicks(process.Pid) > 300));

        Assert.False(signs.TryRead(out _));
        await EndAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task A_daemon_that_comes_later_is_told_too()
    {
        await using var world = new World();
        var job = Watched(world.NewJob("sleep", "1000"));
        var attempt = await world.StartAsync(job);
        await NextAsync<AttemptSign.Stalled>(Listen(attempt));

        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        await NextAsync<AttemptSign.Stalled>(Listen(adopted));
        await EndAsync(adopted);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_that_was_stopped_has_stalled()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Watched(world.NewJob("sh", "-c", "while :; do :; done")));
        var signs = Listen(attempt);

        Assert.Equal(0, ChildProcess.Send((await attempt.Started).Pid, Signal.Stop));

        await NextAsync<AttemptSign.Stalled>(signs);
        await EndAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stalled_job_is_ended_when_it_asked_for_that_and_says_why()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(Watched(world.NewJob("sleep", "1000"), StallAction.Kill));

        var ended = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);

        Assert.Equal(EndedBy.Stalled, ended.By);
        Assert.EndsWith("no processor time; it was ended", ended.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_dump_shows_what_hangs_and_asks_the_main_process_for_more()
    {
        await using var world = new World();
        var job = Watched(world.NewJob(
            "bash", "-c", "trap 'echo here I hang' QUIT; (exec -a $'\\e[31mevil\\n' sleep 1000) & while :; do wait; done"), StallAction.Dump, Signal.Quit);
        var attempt = await world.StartAsync(job);
        await NextAsync<AttemptSign.Stalled>(Listen(attempt));

        var log = await world.LogWithAsync(job, "\nhere I hang\n");

        Assert.Matches(@"(?m)^ *[0-9]+ S .*bash -c trap 'echo here I hang' QUIT", log);
        Assert.Matches(@"(?m)^ *[0-9]+ S .*\\x1b\[31mevil\\x0a 1000$", log);
        Assert.DoesNotContain('\x1b', log);
        await EndAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task Use_of_a_GPU_is_a_sign_as_long_as_it_lasts()
    {
        await using var world = new World();
        var probe = $"{world.Work}/probe";
        var table = $"{world.Work}/table";
        await File.WriteAllTextAsync(probe, $"#!/bin/sh\necho \"$*\" >> {world.Work}/asked\ncat {table}\n");
        File.SetUnixFileMode(probe, (UnixFileMode)0b111_101_101);
        world.Options = world.Options with { GpuProbe = probe };
        await world.RestartDaemonAsync();
        await File.WriteAllTextAsync(table, Table(1, "93"));
        var job = Watched(world.NewJob("sh", "-c", $"sed -i s/71234/$$/ {table}; exec sleep 1000"));
        var attempt = await world.StartAsync(job);
        var signs = Listen(attempt);

        await Facts.UntilAsync(() => File.Exists($"{world.Work}/asked") && File.ReadAllLines($"{world.Work}/asked").Length == 2);
        Assert.False(signs.TryRead(out _));
        await File.WriteAllTextAsync(table, Table((await attempt.Started).Pid, "-"));

        var stalled = await NextAsync<AttemptSign.Stalled>(signs);
        Assert.EndsWith("no GPU use", stalled.Sentence, StringComparison.Ordinal);
        Assert.Equal("pmon -c 1 -s u", File.ReadAllLines($"{world.Work}/asked")[0]);
        await EndAsync(attempt);
    }

    private static string Table(int pid, string share) =>
        $"""
        # gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command
        # Idx           #    C/G      %      %      %      %      %      %    name
            0          -     -      -      -      -      -      -      -    -
            1      {(pid == 1 ? 71234 : pid)}     C     {share}     41      -      -      -      -    python

        """;

    private static Job Watched(Job job, StallAction action = StallAction.Notify, int signal = 0) => job with
    {
        Settings = job.Settings with
        {
            Watch = new JobWatch { StallAfter = TimeSpan.FromSeconds(1), OnStall = action, StallSignal = signal },
        },
    };

    private static ChannelReader<AttemptSign> Listen(IAttempt attempt)
    {
        var signs = Channel.CreateUnbounded<AttemptSign>();
        attempt.Signed += sign => signs.Writer.TryWrite(sign);
        return signs.Reader;
    }

    private static async Task<T> NextAsync<T>(ChannelReader<AttemptSign> signs) => Assert.IsType<T>(await signs.ReadAsync());

    private static long CpuTicks(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task EndAsync(IAttempt attempt)
    {
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;
    }
}

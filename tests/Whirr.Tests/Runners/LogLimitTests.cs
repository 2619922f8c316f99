using System.Globalization;
using System.Text.RegularExpressions;
using Whirr.Domain.Jobs;
using Whirr.Tests.Storage;

namespace Whirr.Tests.Runners;

/// <summary>A log takes no more room than it may, and costs the job nothing for it.</summary>
[Trait("needs", "programs")]
public sealed partial class LogLimitTests
{
    private const int Limit = 120_000;
    private const long MiB = 1 << 20;

    [Fact(Timeout = Limit)]
    public async Task A_log_at_its_limit_keeps_head_and_tail_and_says_what_is_left_out()
    {
        await using var world = new World();
        var job = Limited(world.NewJob("seq", "3000000"), MiB);

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);

        var facts = LogFile.Facts(PathOf(world, job));
        Assert.InRange(facts.Allocated, MiB / 2, MiB);
        Assert.Equal(22_888_896, facts.Size);
        var text = LogFile.Read(job.Owner, world.RunDirOf(job));
        Assert.DoesNotContain('\0', text);
        Assert.StartsWith("1\n2\n3\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n2999999\n3000000\n", text, StringComparison.Ordinal);
        Assert.Equal("log limit 1 MiB", Assert.Single(LeftOut().Matches(text)).Groups["why"].Value);
        Assert.Empty(world.Warnings);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_that_writes_without_end_stays_near_its_limit_while_it_runs()
    {
        await using var world = new World();
        var job = Limited(world.NewJob("yes"), MiB);
        var attempt = await world.StartAsync(job);
        await attempt.Started;

        // Twice: a gap that is made once must grow.
        var path = PathOf(world, job);
        await Facts.UntilAsync(() => LogFile.Facts(path) is var facts && facts.Allocated < facts.Size / 2);
        var size = LogFile.Facts(path).Size;
        await Facts.UntilAsync(() => LogFile.Facts(path) is var facts && facts.Size > 2 * size && facts.Allocated < facts.Size / 4);
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;

        Assert.InRange(LogFile.Facts(path).Allocated, 1, MiB);
    }

    [Fact(Timeout = Limit)]
    public async Task The_next_attempt_says_where_its_part_begins_and_goes_on_with_the_gap()
    {
        await using var world = new World();
        var first = Limited(world.NewJob("seq", "1000000"), MiB);
        await (await world.StartAsync(first)).Ended;
        var size = LogFile.Facts(PathOf(world, first)).Size;
        var second = World.Again(first);

        var attempt = await world.StartAsync(second);
        var start = await attempt.Started;
        var ending = await attempt.Ended;

        Assert.Equal(size, start.LogOffset);
        Assert.Equal(size, ending.LogOffset);
        var facts = LogFile.Facts(PathOf(world, second));
        Assert.InRange(facts.Allocated, MiB / 2, MiB);
        var text = LogFile.Read(second.Owner, world.RunDirOf(second));
        Assert.StartsWith("1\n2\n3\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n1000000\n", text, StringComparison.Ordinal);
        var amount = Assert.Single(LeftOut().Matches(text)).Groups["amount"].Value;
        Assert.InRange(double.Parse(amount, CultureInfo.InvariantCulture), 12, 14);
    }

    [Fact(Timeout = Limit)]
    public async Task A_log_that_was_replaced_by_a_link_does_no_harm()
    {
        await using var world = new World();
        var victim = $"{world.Work}/victim";
        await File.WriteAllBytesAsync(victim, new byte[8 * MiB]);
        var job = Limited(
            world.NewJob(
                "sh",
                "-c",
                $"seq 1000000; cd \"$WHIRR_RUN_DIR\"; until [ -e go ]; do sleep 0.01; done; mv output.log old; ln -s {victim} output.log; seq 1000000"),
            MiB);
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await Facts.UntilAsync(() => LogFile.Facts(PathOf(world, job)) is var facts && facts.Allocated < facts.Size / 2);

        await File.WriteAllTextAsync($"{world.RunDirOf(job)}/go", "");
        await attempt.Ended;

        Assert.Equal(8 * MiB, LogFile.Facts(victim).Allocated);
        Assert.InRange(LogFile.Facts($"{world.RunDirOf(job)}/old").Allocated, MiB / 2, MiB);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_may_empty_its_own_log()
    {
        await using var world = new World();
        var job = Limited(
            world.NewJob("sh", "-c", "seq 1000000; cd \"$WHIRR_RUN_DIR\"; until [ -e go ]; do sleep 0.01; done; : > output.log; echo emptied"), MiB);
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await Facts.UntilAsync(() => LogFile.Facts(PathOf(world, job)) is var facts && facts.Allocated < facts.Size / 2);

        await File.WriteAllTextAsync($"{world.RunDirOf(job)}/go", "");
        await attempt.Ended;

        Assert.Equal("emptied\n", world.LogOf(job));
    }

    [RootFact(Timeout = Limit)]
    public async Task A_file_system_without_holes_keeps_the_head_and_a_copy_of_the_end()
    {
        using var directory = new TemporaryDirectory();
        SmallFileSystem.Run("mount", "-t", "ramfs", "whirr-test", directory.Path);
        try
        {
            await using var world = new World();
            var plain = Limited(world.NewJob("sh", "-c", "seq 1000000; until [ -e go ]; do sleep 0.01; done; echo after"), MiB);
            var job = plain with { Settings = plain.Settings with { RunsDir = directory.File("runs") } };
            var path = $"{directory.File("runs")}/{job.RunId}/output.log";
            var attempt = await world.StartAsync(job);
            await attempt.Started;
            await Facts.UntilAsync(() => File.ReadAllText(path).Contains("left out here", StringComparison.Ordinal));

            await File.WriteAllTextAsync($"{world.Work}/go", "");
            await attempt.Ended;

            var text = await File.ReadAllTextAsync(path);
            Assert.InRange(text.Length, MiB / 4, MiB);
            Assert.StartsWith("1\n2\n3\n", text, StringComparison.Ordinal);
            Assert.EndsWith("\nafter\n", text, StringComparison.Ordinal);
            Assert.Single(LeftOut().Matches(text));
        }
        finally
        {
            SmallFileSystem.Run("umount", "--lazy", directory.Path);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_limit_costs_the_writer_little()
    {
        // Slow disks and busy machines blur this: the ratio here is to find what is badly wrong.
        await using var world = new World();
        List<long> free = [], limited = [];
        for (var round = 0; round < 3; round++)
        {
            free.Add(await WriteForASecondAsync(world, 0));
            limited.Add(await WriteForASecondAsync(world, 16 * MiB));
        }

        Assert.True(limited.Max() > free.Max() / 2, $"bytes a second without a limit: {string.Join(' ', free)}, with one: {string.Join(' ', limited)}");
    }

    private static async Task<long> WriteForASecondAsync(World world, long limit)
    {
        var job = Limited(world.NewJob("timeout", "1", "yes"), limit);
        await (await world.StartAsync(job)).Ended;
        var size = LogFile.Facts(PathOf(world, job)).Size;
        File.Delete(PathOf(world, job));
        return size;
    }

    private static Job Limited(Job job, long bytes) => job with { Settings = job.Settings with { Limits = new JobLimits { LogBytes = bytes } } };

    private static string PathOf(World world, Job job) => $"{world.RunDirOf(job)}/output.log";

    [GeneratedRegex(@"\n──── whirr: (?<amount>[0-9.]+) MiB left out here \((?<why>[^)]+)\) ──── *\n")]
    private static partial Regex LeftOut();
}

using Whirr.Domain.Jobs;

namespace Whirr.Tests.Runners;

/// <summary>What submitters ask the kernel for, for each process of a job.</summary>
[Trait("needs", "programs")]
public sealed class ProcessLimitTests
{
    private const int Limit = 60_000;
    private const int DataSize = 2;
    private const int OpenFiles = 7;
    private const int AddressSpace = 9;

    [Fact(Timeout = Limit)]
    public async Task Niceness_IO_priority_and_limits_are_those_that_were_asked_for()
    {
        await using var world = new World();
        var job = With(world.NewJob("bash", "-c", "nice; ionice -p $$; ulimit -Sn; ulimit -Hn"), new JobLimits
        {
            Nice = 7,
            Io = new IoPriority(IoClass.BestEffort, 6),
            PerProcess = [new ProcessLimit(OpenFiles, 77, 99)],
        });

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);

        Assert.Equal("7\nbest-effort: prio 6\n77\n99\n", world.LogOf(job));
    }

    [Fact(Timeout = Limit)]
    public async Task Idle_IO_priority_may_be_asked_for_by_anybody()
    {
        await using var world = new World();
        var job = With(world.NewJob("sh", "-c", "ionice -p $$"), new JobLimits { Io = new IoPriority(IoClass.Idle, 0) });

        await (await world.StartAsync(job)).Ended;

        Assert.Equal("idle\n", world.LogOf(job));
    }

    [Theory(Timeout = Limit)]
    [InlineData(AddressSpace)]
    [InlineData(DataSize)]
    public async Task A_small_limit_hits_the_job_and_not_the_steps_before_it(int resource)
    {
        const ulong Small = 24 << 20;
        await using var world = new World();
        var limits = new JobLimits { PerProcess = [new ProcessLimit(resource, Small, Small)] };
        var job = With(world.NewJob("sh", "-c", "echo started; head -c 60m /dev/zero | tail -n 1 >/dev/null"), limits);

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);
        Assert.Contains("started", world.LogOf(job), StringComparison.Ordinal);
        Assert.NotEqual(0, exited.ExitCode);

        // Also when there is something to be said about the start itself.
        var failed = Assert.IsType<AttemptEnding.StartFailed>(await (await world.StartAsync(With(world.NewJob("trian.py"), limits))).Ended);
        Assert.Contains("no such file in PATH", failed.Sentence, StringComparison.Ordinal);
    }

    [RootFact(Timeout = Limit)]
    public async Task Niceness_below_what_a_user_may_have_is_refused_in_words()
    {
        var sentence = await RefusedAsync(new JobLimits { Nice = -5 });

        Assert.Contains("niceness -5 may not be set by user 4711", sentence, StringComparison.Ordinal);
    }

    [RootFact(Timeout = Limit)]
    public async Task A_limit_above_the_hard_one_is_refused_in_words()
    {
        var sentence = await RefusedAsync(new JobLimits { PerProcess = [new ProcessLimit(OpenFiles, 10, 1UL << 40)] });

        Assert.Contains("the limit of nofile may not be 1099511627776 for user 4711", sentence, StringComparison.Ordinal);
        Assert.Contains("above the hard limit of", sentence, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(JobLimits limits)
    {
        await using var world = new World(systemMode: true);
        var job = With(world.NewJob(World.Somebody(4711), world.Program, "marker", $"{world.Work}/marker"), limits);

        var failed = Assert.IsType<AttemptEnding.StartFailed>(await (await world.StartAsync(job)).Ended);

        Assert.False(File.Exists($"{world.Work}/marker"));
        Assert.Contains(failed.Sentence, world.LogOf(job), StringComparison.Ordinal);
        return failed.Sentence;
    }

    private static Job With(Job job, JobLimits limits) => job with { Settings = job.Settings with { Limits = limits } };
}

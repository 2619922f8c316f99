using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Limits of a whole tree, by the controllers of cgroup v2; and what is said where there are none.</summary>
[Trait("needs", "programs")]
[Collection("cgroups")]
public sealed class CgroupLimitTests
{
    private const int Limit = 60_000;

    [LimitFact(Timeout = Limit)]
    public async Task A_job_that_needs_more_memory_than_it_may_have_ends_by_its_memory_limit()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob(world.Program, "eat", "200"), new JobLimits { MemoryBytes = 64 << 20 });

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((9, EndedBy.MemoryLimit), (exited.Signal, exited.By));
        Assert.Matches("^it needed more memory than it may have \\(64 MiB\\), so the kernel killed it; it had 6[0-9.]+ MiB at most$", exited.Detail);
        Assert.InRange(exited.Usage.PeakTreeBytes, 60 << 20, 64 << 20);
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("memory_limit", meta.RootElement.GetProperty("reason").GetString());
    }

    [LimitFact(Timeout = Limit)]
    public async Task A_tree_ends_as_a_whole_when_one_of_it_needs_too_much()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob("sh", "-c", $"{world.Program} eat 200; echo went on"), new JobLimits { MemoryBytes = 64 << 20 });

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((9, EndedBy.MemoryLimit), (exited.Signal, exited.By));
        Assert.DoesNotContain("went on", world.LogOf(job), StringComparison.Ordinal);
    }

    [LimitFact(Timeout = Limit)]
    public async Task SIGKILL_by_hand_and_a_segfault_stay_signals_with_a_memory_limit_too()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob(world.Program, "sleep"), new JobLimits { MemoryBytes = 256 << 20 });
        var attempt = await world.StartAsync(job);
        var start = await attempt.Started;

        Assert.Equal(0, ChildProcess.Send(start.Pid, Signal.Kill));
        var killed = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal((9, EndedBy.Itself, null), (killed.Signal, killed.By, killed.Detail));

        var broken = With(world.NewJob(world.Program, "segfault"), new JobLimits { MemoryBytes = 256 << 20 });
        Assert.Equal(EndedBy.Itself, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(broken)).Ended).By);
    }

    [LimitFact(Timeout = Limit)]
    public async Task A_memory_limit_that_nothing_could_start_with_is_named()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob("true"), new JobLimits { MemoryBytes = 4096 });

        var ending = await (await world.StartAsync(job)).Ended;

        Assert.Contains("4 KiB", ending is AttemptEnding.StartFailed failed ? failed.Sentence : ((AttemptEnding.Exited)ending).Detail, StringComparison.Ordinal);
    }

    [LimitFact(Timeout = Limit)]
    public async Task A_fork_bomb_stays_within_its_number_of_processes()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob(world.Program, "fill-up"), new JobLimits { Pids = 64 });

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);

        Assert.InRange(int.Parse(world.LogOf(job).Split(' ')[1]), 32, 63);
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
    }

    [LimitFact(Timeout = Limit)]
    public async Task One_process_is_enough_to_start_one_program()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);

        var exited = await (await world.StartAsync(With(world.NewJob("true"), new JobLimits { Pids = 1 }))).Ended;

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(exited).ExitCode);
    }

    [LimitFact(Timeout = Limit)]
    public async Task A_job_gets_as_much_of_a_processor_as_it_may()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = With(world.NewJob("timeout", "2", "sh", "-c", "while :; do :; done"), new JobLimits { CpuMillis = 200 });

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.InRange(exited.Usage.CpuTime, TimeSpan.FromMilliseconds(50), (0.3 * (exited.EndedAt - exited.StartedAt!.Value)) + TimeSpan.FromMilliseconds(200));
    }

    [LimitFact(Timeout = Limit)]
    public async Task Everything_can_be_limited_where_the_controllers_are()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);

        Assert.Equal(RunnerAbilities.All, world.Runner.Abilities);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_cgroup_nothing_can_be_limited_and_the_reason_is_said()
    {
        await using var world = new World();
        world.Options = world.Options with { NoCgroupReason = "cgroup v2 is not mounted" };
        await world.RestartDaemonAsync();

        Assert.Equal("memory cannot be limited on this machine: cgroup v2 is not mounted", world.Runner.Abilities.NoMemoryLimit);
        Assert.Equal("processor time cannot be limited on this machine: cgroup v2 is not mounted", world.Runner.Abilities.NoCpuLimit);
        Assert.Equal("the number of processes cannot be limited on this machine: cgroup v2 is not mounted", world.Runner.Abilities.NoPidsLimit);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_cgroup_a_job_with_a_limit_is_not_started_and_the_reason_is_said()
    {
        await using var world = new World();
        foreach (var (limits, problem) in new[]
        {
            (new JobLimits { MemoryBytes = 64 << 20 }, "memory cannot be limited to 64 MiB"),
            (new JobLimits { CpuMillis = 1500 }, "processor time cannot be limited to 1.5 processors"),
            (new JobLimits { Pids = 10 }, "the number of processes cannot be limited to 10"),
        })
        {
            var job = With(world.NewJob(world.Program, "marker", $"{world.Work}/marker"), limits);
            var failed = Assert.IsType<AttemptEnding.StartFailed>(await (await world.StartAsync(job)).Ended);
            Assert.Equal($"{problem}: whirr has no cgroup for jobs on this machine", failed.Sentence);
            Assert.Equal($"whirr: {failed.Sentence}\n", world.LogOf(job));
            Assert.False(File.Exists($"{world.Work}/marker"));
        }
    }

    [CgroupFact(Timeout = Limit)]
    public async Task A_cgroup_without_the_controller_refuses_the_limit()
    {
        // A place whose parent passes nothing on, as under a unit that was delegated nothing.
        var place = Directory.CreateDirectory($"{CgroupFactAttribute.Location.Root}/bare-{Environment.ProcessId}").FullName;
        var below = Directory.CreateDirectory($"{place}/whirrd").FullName;
        try
        {
            await using var world = new World(cgroupRoot: below);
            var job = With(world.NewJob(world.Program, "marker", $"{world.Work}/marker"), new JobLimits { MemoryBytes = 64 << 20 });

            Assert.StartsWith("memory cannot be limited on this machine: ", world.Runner.Abilities.NoMemoryLimit, StringComparison.Ordinal);
            var failed = Assert.IsType<AttemptEnding.StartFailed>(await (await world.StartAsync(job)).Ended);

            Assert.Equal("memory cannot be limited to 64 MiB: whirr was not given the memory controller of cgroup v2 on this machine", failed.Sentence);
            Assert.False(File.Exists($"{world.Work}/marker"));
            Assert.Empty(world.Warnings);
        }
        finally
        {
            Directory.Delete(below);
            Directory.Delete(place);
        }
    }

    [CgroupFact(Timeout = Limit)]
    public async Task A_leaf_that_somebody_left_behind_is_made_anew()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = world.NewJob("true");
        var leaf = $"{CgroupFactAttribute.Location.Root}/{job.Id}-1";
        Directory.CreateDirectory(leaf);
        File.WriteAllText($"{leaf}/cgroup.max.descendants", "7");

        var again = CgroupLeaf.Create(leaf);

        Assert.Equal("max\n", again.TryRead("cgroup.max.descendants"));
        Assert.True(again.KillAndRemove(1000));
    }

    private static Job With(Job job, JobLimits limits) => job with { Settings = job.Settings with { Limits = limits } };
}

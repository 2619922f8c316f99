using Whirr.Domain.Jobs;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Without the memory controller of cgroup v2 nobody says who was killed for want of memory, only that somebody was.</summary>
[Trait("needs", "programs")]
[Collection("cgroups")]
public sealed class OomHintTests
{
    private const int Limit = 60_000;

    [MemoryV1Fact(Timeout = Limit)]
    public async Task SIGKILL_while_the_kernel_kills_for_want_of_memory_stays_a_signal_with_a_hint()
    {
        var place = Directory.CreateDirectory($"{MemoryV1FactAttribute.Root}/whirr-test-{Environment.ProcessId}").FullName;
        File.WriteAllText($"{place}/memory.limit_in_bytes", "64M");
        await using (var world = new World())
        {
            var exited = await (await world.StartAsync("sh", "-c", $"echo $$ > {place}/cgroup.procs; exec {world.Program} eat 200")).Ended;

            var killed = Assert.IsType<AttemptEnding.Exited>(exited);
            Assert.Equal((9, EndedBy.Itself), (killed.Signal, killed.By));
            Assert.Contains("whirr did not send it; the kernel killed processes of this machine for want of memory meanwhile", killed.Detail, StringComparison.Ordinal);
        }

        Directory.Delete(place);
    }

    [Fact(Timeout = Limit)]
    public async Task SIGKILL_by_hand_is_a_signal_without_a_hint()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(world.Program, "sleep");
        var start = await attempt.Started;

        Assert.Equal(0, ChildProcess.Send(start.Pid, Signal.Kill));

        var killed = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal((9, EndedBy.Itself, null), (killed.Signal, killed.By, killed.Detail));
    }

    /// <summary>A test that has the kernel kill by a memory limit of cgroup v1, which whirr does not know of.</summary>
    private sealed class MemoryV1FactAttribute : FactAttribute
    {
        public const string Root = "/sys/fs/cgroup/memory";

        public MemoryV1FactAttribute()
        {
            if (Environment.UserName != "root" || !File.Exists($"{Root}/memory.limit_in_bytes"))
            {
                Skip = "lets the kernel kill by a limit of cgroup v1, which this machine or this user has not";
            }
        }
    }
}

using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Linux.Machine;

namespace Whirr.Tests.Runners;

/// <summary>The keeper writes down what machine and job use, for a job that knows nothing of it.</summary>
[Trait("needs", "programs")]
public sealed class SystemMetricsTests
{
    private const int Limit = 60_000;

    /// <summary>As nvidia-smi answers the question that the keeper asks; the second GPU does not tell its power.</summary>
    private const string Gpus = "0, 87, 10240, 81920, 61, 301.55\n1, 0, 3, 81920, 33, [N/A]\n";

    [Fact(Timeout = Limit)]
    public async Task A_job_that_knows_nothing_of_it_has_its_use_and_that_of_the_machine_written_down()
    {
        await using var world = new World();
        await EveryAsync(world, TimeSpan.FromSeconds(1));
        var job = world.NewJob("sh", "-c", "echo $WHIRR_SYSTEM_METRICS; while [ ! -e stop ]; do :; done");
        var attempt = await world.StartAsync(job);

        await Facts.UntilAsync(() => Lines(world, job).Count >= 3);
        await File.WriteAllTextAsync($"{world.Work}/stop", "");
        await attempt.Ended;

        var lines = Lines(world, job);
        Assert.False(lines[0].TryGetProperty("process_cpu_percent", out _));
        Assert.InRange(lines[0].GetProperty("memory_percent").GetDouble(), 0.1, 100);
        Assert.InRange(lines[1].GetProperty("process_cpu_percent").GetDouble(), 2, 150);
        Assert.InRange(lines[1].GetProperty("cpu_percent").GetDouble(), 0.1, 100);
        Assert.InRange(lines[1].GetProperty("process_memory_mb").GetDouble(), 0.1, 200);
        Assert.All(["disk_read_mb_s", "disk_write_mb_s", "network_received_mb_s", "network_sent_mb_s"], name => Assert.True(lines[1].GetProperty(name).GetDouble() >= 0));
        Assert.True(lines[1].GetProperty("_timestamp").GetDateTimeOffset() > lines[0].GetProperty("_timestamp").GetDateTimeOffset());
        Assert.Equal("keeper\n", world.LogOf(job));
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_GPUs_do_is_asked_of_their_driver_and_what_that_costs_is_not_the_jobs()
    {
        await using var world = new World();
        var probe = $"{world.Work}/nvidia-smi";
        await File.WriteAllTextAsync(probe, $"#!/bin/sh\necho \"$*\" >>{world.Work}/asked\n{world.Program} eat 150 >/dev/null\nprintf '{Gpus.Replace("\n", "\\n", StringComparison.Ordinal)}'\n");
        File.SetUnixFileMode(probe, (UnixFileMode)0b111_101_101);
        world.Options = world.Options with { GpuProbe = probe };
        await EveryAsync(world, TimeSpan.FromSeconds(1));
        var job = world.NewJob("sh", "-c", "while [ ! -e stop ]; do sleep 0.05; done");
        var attempt = await world.StartAsync(job);

        await Facts.UntilAsync(() => Lines(world, job).Count >= 2);
        await File.WriteAllTextAsync($"{world.Work}/stop", "");
        var ending = await attempt.Ended;

        var line = Lines(world, job)[0];
        Assert.Equal(87, line.GetProperty("gpu_0_utilization").GetDouble());
        Assert.Equal((10240, 81920), (line.GetProperty("gpu_0_memory_used").GetDouble(), line.GetProperty("gpu_0_memory_total").GetDouble()));
        Assert.Equal((61, 301.55), (line.GetProperty("gpu_0_temperature").GetDouble(), line.GetProperty("gpu_0_power_watts").GetDouble()));
        Assert.Equal(33, line.GetProperty("gpu_1_temperature").GetDouble());
        Assert.False(line.TryGetProperty("gpu_1_power_watts", out _));
        Assert.StartsWith("--query-gpu=index,", File.ReadAllLines($"{world.Work}/asked")[0], StringComparison.Ordinal);
        Assert.InRange(ending.Usage.MaxRssBytes, 1, 100L << 20);
        Assert.Empty(world.Warnings);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_without_them_has_none()
    {
        await using var world = new World();
        await EveryAsync(world, TimeSpan.Zero);
        var job = world.NewJob("sh", "-c", "echo _${WHIRR_SYSTEM_METRICS}_; sleep 1.5");
        await (await world.StartAsync(job)).Ended;
        Assert.Equal("__\n", world.LogOf(job));
        Assert.False(File.Exists($"{world.RunDirOf(job)}/system.jsonl"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_torn_line_of_an_earlier_attempt_does_not_spoil_the_next_one()
    {
        await using var world = new World();
        await EveryAsync(world, TimeSpan.FromSeconds(1));
        var job = world.NewJob("sh", "-c", "printf '{\"cpu_perc' >$WHIRR_RUN_DIR/system.jsonl; while [ ! -e stop ]; do sleep 0.05; done");
        var attempt = await world.StartAsync(job);
        var path = $"{world.RunDirOf(job)}/system.jsonl";
        await Facts.UntilAsync(() => File.Exists(path) && File.ReadAllText(path).EndsWith("}\n", StringComparison.Ordinal));
        await File.WriteAllTextAsync($"{world.Work}/stop", "");
        await attempt.Ended;
        Assert.Equal("{\"cpu_perc", File.ReadAllLines(path)[0]);
        Assert.Equal('{', File.ReadAllLines(path)[1][0]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ln -s /etc/whirr-no-such-file system.jsonl")]
    [InlineData("mkfifo system.jsonl")]
    [InlineData("mkdir system.jsonl")]
    public async Task Something_else_in_the_place_of_the_file_is_left_alone(string trap)
    {
        await using var world = new World(systemMode: Environment.IsPrivilegedProcess);
        await EveryAsync(world, TimeSpan.FromSeconds(1));
        var job = world.NewJob("sh", "-c", $"cd $WHIRR_RUN_DIR; {trap}; sleep 1.6; exit 3");
        Assert.Equal(3, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);
        Assert.False(File.Exists("/etc/whirr-no-such-file"));
    }

    [Fact]
    public void The_counters_of_the_kernel_are_read_as_it_writes_them()
    {
        var counters = new HostCounters()
            .WithProcessors(["cpu  10 20 30 400 50 6 7 8 9 1", "cpu0 1 2 3 4 5 6 7 8 9 1"])
            .WithMemory(["MemTotal:        1000 kB", "MemFree:  1 kB", "MemAvailable:     250 kB"])
            .WithDisks(["   8       0 sda 1 2 100 3 4 5 200 6 0 0 0", "   8       1 sda1 1 2 50 3 4 5 60 6 0 0 0", "   7       0 loop0 1 2 7 3 4 5 7 6 0 0 0"], name => name == "sda")
            .WithNetwork(["Inter-|   Receive", "    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0", "  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0"]);
        Assert.Equal((531L, 450L), (counters.CpuTicks, counters.IdleTicks));
        Assert.Equal((1_024_000L, 256_000L), (counters.MemoryBytes, counters.AvailableBytes));
        Assert.Equal((51_200L, 102_400L), (counters.DiskReadBytes, counters.DiskWrittenBytes));
        Assert.Equal((1000L, 2000L), (counters.NetworkReceivedBytes, counters.NetworkSentBytes));
        Assert.True(HostCounters.Read() is { CpuTicks: > 0, MemoryBytes: > 0, AvailableBytes: > 0 });
    }

    private static async Task EveryAsync(World world, TimeSpan interval)
    {
        world.Options = world.Options with { SystemMetrics = interval };
        await world.RestartDaemonAsync();
    }

    /// <summary>The whole lines that are there.</summary>
    private static List<JsonElement> Lines(World world, Job job)
    {
        var path = $"{world.RunDirOf(job)}/system.jsonl";
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}

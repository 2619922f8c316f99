using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>What a daemon and a keeper cost while a job sleeps and nobody asks for anything.</summary>
internal sealed class Idle : IMeasurement
{
    private const double DaemonRssLimitMiB = 90;
    private const double DaemonWakeupsLimit = 2;
    private const double KeeperPssLimitMiB = 4;

    // A daemon that has done something has touched more memory than one that was only started.
    private const int JobsBefore = 100;

    private static readonly string[] Sleep = ["sleep", "3600"];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public string What => "idle daemon and keeper";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 2);
        await using var spooler = await TaskSpooler.StartAsync(workplace, slots: 2);
        var jobPid = await StartSleepingAsync(workplace, daemon);
        await spooler.RunAsync(Sleep);
        var spoolerJob = int.Parse(await spooler.RunAsync("-p"));
        var (spoolerServer, besideSpoolerJob) = spooler.Processes(spoolerJob);

        await workplace.PassAsync(Settling);
        int[] pids = [daemon.Pid, ProcessFacts.ParentOf(jobPid), spoolerServer, besideSpoolerJob];
        var before = pids.Select(Use.Of).ToList();
        await workplace.PassAsync(workplace.Effort.IdleTime);
        var idle = pids.Zip(before, (pid, earlier) => Use.Of(pid).Since(earlier, workplace.Effort.IdleTime)).ToList();
        await spooler.RunAsync("-k");

        var (ours, keeper) = (idle[0], idle[1]);
        var server = new PeerUse("tsp's server", idle[2]);
        var beside = new PeerUse("tsp's process beside a job", idle[3]);
        return
        [
            new Finding($"whirrd idle after {JobsBefore} jobs, RSS", ours.Rss, "MiB") { Against = server.Rss, MustReach = Target.AtMost(ours.Rss, DaemonRssLimitMiB, "MiB") },
            new Finding("whirrd idle, PSS", ours.Pss, "MiB") { Against = server.Pss },
            new Finding("whirrd idle, CPU", ours.Cpu * 1000, "ms/s") { Against = server.Cpu },
            new Finding("whirrd idle, wakeups", ours.Wakeups, "/s") { Against = server.Wakeups, MustReach = Target.AtMost(ours.Wakeups, DaemonWakeupsLimit, "/s") },
            new Finding("keeper of a sleeping job, RSS", keeper.Rss, "MiB") { Against = beside.Rss },
            new Finding("keeper of a sleeping job, PSS", keeper.Pss, "MiB") { Against = beside.Pss, MustReach = Target.AtMost(keeper.Pss, KeeperPssLimitMiB, "MiB") },
            new Finding("keeper of a sleeping job, CPU", keeper.Cpu * 1000, "ms/s") { Against = beside.Cpu },
            new Finding("keeper of a sleeping job, wakeups", keeper.Wakeups, "/s") { Against = beside.Wakeups },
        ];
    }

    private static async Task<int> StartSleepingAsync(Workplace workplace, PrivateDaemon daemon)
    {
        using var client = new DaemonClient(daemon.Socket);
        for (var count = 0; count < JobsBefore; count++)
        {
            await client.WaitAsync(await client.SubmitAsync(TypicalJob.Spec("/bin/true"), workplace.Stop), workplace.Stop);
        }

        var id = await client.SubmitAsync(TypicalJob.Spec(Sleep), workplace.Stop);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if ((await client.GetAsync(id, workplace.Stop)).Pid is > 0 and var pid)
            {
                return pid;
            }

            await timer.WaitForNextTickAsync(workplace.Stop);
        }
    }

    /// <summary>MiB; CPU seconds and wakeups, in all or a second.</summary>
    private readonly record struct Use(double Rss, double Pss, double Cpu, double Wakeups)
    {
        public static Use Of(int pid)
        {
            var (rss, pss) = ProcessFacts.MemoryMiB(pid);
            return new(rss, pss, ProcessFacts.FineCpuSeconds(pid), ProcessFacts.Wakeups(pid));
        }

        public Use Since(Use earlier, TimeSpan time) =>
            this with { Cpu = Math.Max(0, Cpu - earlier.Cpu) / time.TotalSeconds, Wakeups = Math.Max(0, Wakeups - earlier.Wakeups) / time.TotalSeconds };
    }

    private readonly record struct PeerUse(string Name, Use Use)
    {
        public Peer Rss => new(Name, Use.Rss);
        public Peer Pss => new(Name, Use.Pss);
        public Peer Cpu => new(Name, Use.Cpu * 1000);
        public Peer Wakeups => new(Name, Use.Wakeups);
    }
}

using Whirr.Bench.Load;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;
using Whirr.Linux.Processes;

namespace Whirr.Bench.Measurements;

/// <summary>What a daemon and a keeper cost while a job sleeps and nobody asks for anything.</summary>
internal sealed class Idle : IMeasurement
{
    private const double DaemonRssLimitMiB = 90;
    private const double DaemonWakeupsLimit = 2;
    private const double KeeperPssLimitMiB = 4;

    // A daemon that has done something has touched more memory than one that was only started.
    private const int JobsBefore = 100;

    private static readonly string[] Sleep = ["sleep", "300"];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public string What => "idle daemon and keeper";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        await using var daemon = await PrivateDaemon.StartAsync(workplace, slots: 2);
        await using var spooler = await TaskSpooler.StartAsync(workplace, slots: 2);
        var jobPid = await StartSleepingAsync(workplace, daemon);
        var (spoolerJob, server, beside) = await spooler.StartAsync(Sleep);
        try
        {
            var idle = await WatchAsync(workplace, daemon.Pid, ProcessFacts.ParentOf(jobPid), server, beside);
            return Describe(idle[0], idle[1], new PeerUse("tsp's server", idle[2]), new PeerUse("tsp's process beside a job", idle[3]));
        }
        finally
        {
            // The end of tsp's server does not end its job.
            ChildProcess.Send(spoolerJob, Signal.Terminate);
        }
    }

    private static Finding[] Describe(Use ours, Use keeper, PeerUse server, PeerUse beside) =>
        [
            new Finding($"whirrd idle after {JobsBefore} jobs, RSS", ours.Rss, "MiB") { Against = server.Rss, MustReach = Target.AtMost(ours.Rss, DaemonRssLimitMiB, "MiB") },
            new Finding("whirrd idle, PSS", ours.Pss, "MiB") { Against = server.Pss },
            new Finding("whirrd idle, CPU", ours.Cpu, "ms/s") { Against = server.Cpu },
            new Finding("whirrd idle, wakeups", ours.Wakeups, "/s") { Against = server.Wakeups, MustReach = Target.AtMost(ours.Wakeups, DaemonWakeupsLimit, "/s") },
            new Finding("keeper of a sleeping job, RSS", keeper.Rss, "MiB") { Against = beside.Rss },
            new Finding("keeper of a sleeping job, PSS", keeper.Pss, "MiB") { Against = beside.Pss, MustReach = Target.AtMost(keeper.Pss, KeeperPssLimitMiB, "MiB") },
            new Finding("keeper of a sleeping job, CPU", keeper.Cpu, "ms/s") { Against = beside.Cpu },
            new Finding("keeper of a sleeping job, wakeups", keeper.Wakeups, "/s") { Against = beside.Wakeups },
        ];

    private static async Task<IReadOnlyList<Use>> WatchAsync(Workplace workplace, params int[] pids)
    {
        await workplace.PassAsync(Settling);
        var before = pids.Select(ProcessFacts.Threads).ToList();
        await workplace.PassAsync(workplace.Effort.IdleTime);
        return [.. pids.Zip(before, (pid, earlier) => Use.Since(pid, earlier, workplace.Effort.IdleTime))];
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

    /// <summary>MiB; CPU milliseconds and wakeups a second.</summary>
    private readonly record struct Use(double Rss, double Pss, double Cpu, double Wakeups)
    {
        public static Use Since(int pid, IReadOnlyDictionary<string, (double Cpu, long Wakeups)> earlier, TimeSpan time)
        {
            var (rss, pss) = ProcessFacts.MemoryMiB(pid);
            var used = ProcessFacts.Threads(pid).Select(thread =>
            {
                var before = earlier.GetValueOrDefault(thread.Key);
                return (Cpu: thread.Value.Cpu - before.Cpu, Wakeups: thread.Value.Wakeups - before.Wakeups);
            }).ToList();
            return new(rss, pss, used.Sum(thread => thread.Cpu) * 1000 / time.TotalSeconds, used.Sum(thread => thread.Wakeups) / time.TotalSeconds);
        }
    }

    private readonly record struct PeerUse(string Name, Use Use)
    {
        public Peer Rss => new(Name, Use.Rss);
        public Peer Pss => new(Name, Use.Pss);
        public Peer Cpu => new(Name, Use.Cpu);
        public Peer Wakeups => new(Name, Use.Wakeups);
    }
}

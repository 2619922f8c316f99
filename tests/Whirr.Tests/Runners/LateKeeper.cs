using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>A keeper that starts when nobody expects it any more, as after a pause of the machine at the wrong moment.</summary>
internal static class LateKeeper
{
    /// <summary>Exit code of a keeper that finds that the attempt is not its own.</summary>
    public const int NotOurs = 3;

    /// <summary>Starts it; completes with its exit code.</summary>
    public static async Task<int> Start(World world, Job job)
    {
        var spec = new LaunchSpec
        {
            JobId = job.Id,
            Attempt = job.Attempt!.Key.Number,
            LeaseEpoch = job.Attempt.Key.LeaseEpoch,
            Workdir = world.Work,
            RunDir = world.RunDirOf(job),
            Umask = 0,
            KillGraceMilliseconds = 0,
            Arguments = System.Text.Encoding.UTF8.GetBytes(string.Concat(job.Settings.CommandArgv.Select(argument => $"{argument}\0"))),
            Environment = default,
            Config = "{}"u8.ToArray(),
            Meta = "{}"u8.ToArray(),
        };
        using var specFile = SealedMemory.Create("spec", LaunchSpecFormat.Encode(spec));
        var (ours, theirs) = UnixStream.CreatePair();
        using var connection = ours;
        int pid;
        using (theirs)
        {
            pid = ChildProcess.Spawn(new SpawnRequest
            {
                Path = Programs.Keeper,
                Arguments = ["whirr-keeper", KeeperProtocol.KeepVerb, world.AttemptDirOf(job)],
                Descriptors = [(theirs, KeeperProtocol.DaemonSocketFd), (specFile, KeeperProtocol.SpecFd)],
                NewSession = true,
                BlockSignals = true,
            });
        }

        return await Task.Run(() =>
        {
            using var process = Pidfd.TryOpen(pid)!;
            Whirr.Linux.Events.Poller.Wait([new(process.Number, Whirr.Linux.Events.PollEntry.In)], -1);
            Assert.True(ChildProcess.TryReap(pid, out var ended, out _));
            return ended.Status.ExitCode;
        });
    }
}

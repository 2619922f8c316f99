using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;
using Whirr.Tests.Storage;

namespace Whirr.Tests.Runners;

/// <summary>A disk without room for the exit record: the end of a job is told anyway, and recorded when there is room.</summary>
[Trait("needs", "programs")]
public sealed class ExitRecordTests
{
    private const int Limit = 60_000;

    [RootFact(Timeout = Limit)]
    public async Task A_keeper_without_room_for_its_record_tells_the_end_keeps_its_lock_and_writes_when_there_is_room()
    {
        using var disk = new SmallFileSystem("256k");
        await using var world = await OnAsync(disk);
        var job = world.NewJob("sh", "-c", "until [ -e go ]; do sleep 0.01; done; exit 5");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        using var keeper = Pidfd.TryOpen(world.FactsOf(job).KeeperPid)!;
        Fill(disk);
        await File.WriteAllTextAsync($"{world.Work}/go", "");

        Assert.Equal(5, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).ExitCode);

        var exit = $"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}";
        Assert.False(File.Exists(exit));
        using (var held = Fd.Open($"{world.AttemptDirOf(job)}/{AttemptFiles.Lock}", OpenFlags.ReadWrite))
        {
            Assert.False(held.TryLock());
        }

        // A daemon that comes now hears of the end too, from the keeper alone.
        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        Assert.Equal(5, Assert.IsType<AttemptEnding.Exited>(await adopted.Ended).ExitCode);

        File.Delete(disk.File("filler"));
        Assert.Equal(1, await Task.Run(() => Poller.Wait([new PollEntry(keeper.Number, PollEntry.In)], Limit / 2)));
        Assert.Equal(5, ExitRecordFormat.Decode(await File.ReadAllBytesAsync(exit)).ExitCode);
    }

    [RootFact(Timeout = Limit)]
    public async Task A_keeper_without_room_for_its_record_goes_when_its_daemon_has_the_end_in_its_store()
    {
        using var disk = new SmallFileSystem("256k");
        await using var world = await OnAsync(disk);
        var job = world.NewJob("sh", "-c", "until [ -e go ]; do sleep 0.01; done");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        using var keeper = Pidfd.TryOpen(world.FactsOf(job).KeeperPid)!;
        Fill(disk);
        await File.WriteAllTextAsync($"{world.Work}/go", "");
        await attempt.Ended;

        attempt.Forget();

        Assert.Equal(1, await Task.Run(() => Poller.Wait([new PollEntry(keeper.Number, PollEntry.In)], Limit / 2)));
    }

    private static async Task<World> OnAsync(SmallFileSystem disk)
    {
        var world = new World();
        world.Options = world.Options with { AttemptsDir = disk.File("attempts") };
        await world.RestartDaemonAsync();
        return world;
    }

    private static void Fill(SmallFileSystem disk)
    {
        using var filler = File.Create(disk.File("filler"));
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
            return;
        }
    }
}

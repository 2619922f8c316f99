using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public sealed class FullDiskTests
{
    [RootFact(Timeout = 60_000)]
    public async Task A_full_disk_refuses_adds_keeps_what_was_acknowledged_and_heals()
    {
        using var disk = new SmallFileSystem("6m");
        var database = disk.File("whirr.db");
        await File.WriteAllBytesAsync(disk.File("ballast"), new byte[2 << 20]);
        var acknowledged = new List<long>();
        await using (var store = await SqliteFiles.OpenStoreAsync(database))
        {
            StoreException? refusal = null;
            while (refusal is null)
            {
                // Several callers at once: the ones that still fit must not be lost with the one that does not.
                var adds = Enumerable.Range(0, 8).Select(_ => store.AddAsync([Job()], CancellationToken.None)).ToList();
                foreach (var add in adds)
                {
                    try
                    {
                        acknowledged.AddRange((await add).Select(job => job.Id));
                    }
                    catch (StoreException error)
                    {
                        refusal = error;
                    }
                }
            }

            Assert.Equal(StoreFault.Full, refusal.Fault);
            await AllThereAsync(store);

            File.Delete(disk.File("ballast"));
            acknowledged.Add((await store.AddAsync([Job()], CancellationToken.None))[0].Id);
            await AllThereAsync(store);
        }

        await using var reopened = await SqliteFiles.OpenStoreAsync(database);
        await AllThereAsync(reopened);
        Assert.Equal(["ok"], SqliteFiles.Query(database, "PRAGMA integrity_check"));

        async Task AllThereAsync(IJobStore store)
        {
            var jobs = await store.ListAsync(new JobFilter { Order = JobOrder.OldestFirst, Limit = int.MaxValue }, CancellationToken.None);
            Assert.Equal(acknowledged, jobs.Select(job => job.Id));
            Assert.Equal(acknowledged.Count, (await store.CountAsync(CancellationToken.None))[JobState.Queued]);
        }
    }

    private static NewJob Job() => new(
        new JobSettings
        {
            Uid = Guid.CreateVersion7(),
            Name = "big",
            CommandArgv = ["/bin/echo", new string('x', 20_000)],
            Workdir = "/",
            KillGracePeriod = TimeSpan.Zero,
            OnLost = OnLost.Stop,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = 1,
        },
        new JobOwner(0, 0, [], "root"),
        default,
        DateTimeOffset.UnixEpoch);
}

using Whirr.Torture.Checks;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>A write-ahead log that a crash of the machine left torn or garbled: what is whole before the damage counts, and nothing else.</summary>
/// <remarks>On copies, and only when every job has ended: a daemon with an older state would rightly look for the processes that it knows of,
/// and these would be those of the daemon with the newer one.</remarks>
internal static class DamagedLog
{
    private const int Copies = 4;
    private const int HeaderBytes = 32;

    public static async Task TryAsync(Scene scene, Dice dice)
    {
        await scene.Daemon.KillAsync();
        scene.Deeds.Count("kill -9 whirrd");
        var known = Records.Read(scene.Place.Database);
        for (var number = 1; number <= Copies; number++)
        {
            await TryOnceAsync(scene, dice, known, scene.Place.Beside($"copy-{number}"));
        }
    }

    private static async Task TryOnceAsync(Scene scene, Dice dice, Records known, Workplace copy)
    {
        File.Copy(scene.Place.Database, copy.Database);
        var log = File.ReadAllBytes(scene.Place.Database + "-wal");
        if (log.Length <= HeaderBytes)
        {
            return;
        }

        var torn = dice.Chance(50);
        var at = dice.Number(torn ? 0 : HeaderBytes, log.Length - 1);
        if (!torn)
        {
            log[at] ^= 0x5A;
        }

        await File.WriteAllBytesAsync(copy.Database + "-wal", torn ? log[..at] : log);
        scene.Deeds.Count(torn ? "write-ahead log torn" : "write-ahead log garbled");
        using var daemon = new DaemonUnderTest(copy, scene.Clock, slots: 0);
        if (!await daemon.StartAsync())
        {
            scene.Findings.Look(
                Invariant.Lost, daemon.Log.Contains("left as it is", StringComparison.Ordinal) ? null : $"a damaged write-ahead log was refused without words:\n{daemon.Log}");
            return;
        }

        await daemon.KillAsync();
        var (integrity, found) = (Records.Integrity(copy.Database), Records.Read(copy.Database));
        var uids = known.Jobs.ToDictionary(job => job.Id, job => job.Uid);
        scene.Findings.Look(Invariant.Lost, integrity == "ok" ? null : $"after damage to the write-ahead log at {at}, the database is not whole: {integrity}");
        scene.Findings.Look(
            Invariant.Lost, found.Jobs.All(job => uids.GetValueOrDefault(job.Id) == job.Uid) ? null : $"after damage to the write-ahead log at {at}, there are jobs that never were");
    }
}

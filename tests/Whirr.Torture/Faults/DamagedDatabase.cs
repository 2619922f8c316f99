using Whirr.Torture.Checks;

namespace Whirr.Torture.Faults;

/// <summary>A database that cannot be used: the daemon must refuse it, say so, and leave it as it is. Then the good one is put back.</summary>
internal sealed class DamagedDatabase : ISurgery
{
    private const int UserVersionOffset = 60;
    private const int HeaderBytes = 100;

    public async Task OperateAsync(Scene scene, Dice dice)
    {
        var good = Read(scene);
        if (!good.TryGetValue(scene.Place.Database, out var bytes) || bytes.Length < HeaderBytes)
        {
            return;
        }

        var kind = dice.Pick<string>(["garbage", "truncated", "newer", "empty log and half a file"]);
        File.WriteAllBytes(scene.Place.Database, Damage(kind, bytes));

        // The log holds the newest pages, the header among them: with it, the damage would be repaired.
        foreach (var beside in good.Keys.Where(path => path != scene.Place.Database))
        {
            File.Delete(beside);
        }

        var before = Read(scene);
        var listens = await scene.Daemon.StartAsync();
        scene.Deeds.Count($"database {kind}");
        if (listens)
        {
            await scene.Daemon.KillAsync();
            scene.Findings.Look(Invariant.Lost, $"a database that is {kind} was accepted");
        }

        var after = Read(scene);
        scene.Findings.Look(
            Invariant.Lost,
            before.Count == after.Count && before.All(file => after.TryGetValue(file.Key, out var now) && now.AsSpan().SequenceEqual(file.Value))
                ? null
                : $"a database that is {kind} was changed:\n{scene.Daemon.Log}");
        scene.Findings.Look(
            Invariant.Lost, scene.Daemon.Log.Contains("left as it is", StringComparison.Ordinal) ? null : $"a database that is {kind} was refused without words:\n{scene.Daemon.Log}");
        foreach (var path in after.Keys)
        {
            File.Delete(path);
        }

        foreach (var (path, content) in good)
        {
            File.WriteAllBytes(path, content);
        }
    }

    private static byte[] Damage(string kind, byte[] bytes)
    {
        byte[] damaged = [.. bytes];
        switch (kind)
        {
            case "garbage":
                Array.Fill(damaged, (byte)0x5A);
                break;
            case "newer":
                // The schema version, big endian, in the header of the file (https://sqlite.org/fileformat.html).
                damaged[UserVersionOffset + 3] = 200;
                break;
            default:
                return damaged[..(damaged.Length / 2)];
        }

        return damaged;
    }

    private static Dictionary<string, byte[]> Read(Scene scene) =>
        Directory.EnumerateFiles(scene.Place.DataDir, "whirr.db*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .ToDictionary(path => path, File.ReadAllBytes);
}

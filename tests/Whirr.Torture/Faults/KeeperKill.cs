using Whirr.Linux.Processes;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>kill -9 of keepers: with the daemon there, or with nobody there.</summary>
internal sealed class KeeperKill : ITrouble, ISurgery
{
    private const int Most = 3;

    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 300);
        foreach (var keeper in Choose(Keepers.Find(scene.Place), dice))
        {
            Kill(scene, keeper, stopFirst: dice.Chance(60));
        }
    }

    public Task EndAsync(Scene scene) => Task.CompletedTask;

    public Task OperateAsync(Scene scene, Dice dice) => BeginAsync(scene, dice);

    /// <summary>Some of those that there are.</summary>
    public static IReadOnlyList<LiveKeeper> Choose(IReadOnlyList<LiveKeeper> keepers, Dice dice)
    {
        var count = dice.Number(1, Most);
        var first = dice.Number(0, 100);
        return [.. keepers.Skip(first % Math.Max(1, keepers.Count)).Take(count)];
    }

    /// <summary>Kills one. Stopped first, it cannot record an end between the look and the kill: then it is known what must become of it.</summary>
    public static void Kill(Scene scene, LiveKeeper keeper, bool stopFirst)
    {
        if (stopFirst)
        {
            _ = ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Stop);
            SpinWait.SpinUntil(() => ProcessStat.TryRead(keeper.Facts.KeeperPid) is not { State: not ('T' or 'Z' or 'X') }, TimeSpan.FromSeconds(1));
        }

        // A keeper that could not write its record may have told the daemon all the same.
        var surely = stopFirst && !keeper.HasRecorded && Directory.Exists(keeper.Directory) && !scene.Disk.IsFull
            && Keepers.IsThere(keeper.Facts.KeeperPid, keeper.Facts.KeeperStartTicks);
        if (ChildProcess.Send(keeper.Facts.KeeperPid, Signal.Kill) == 0)
        {
            scene.Deeds.EndedKeeper(keeper.Key, surely);
            scene.Deeds.Count("kill -9 keeper");
        }
    }
}

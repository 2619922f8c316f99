using Whirr.KeeperContract;

namespace Whirr.Torture.Faults;

/// <summary>Exit records that a bad disk gave back damaged: what they say is gone, and their attempts count as lost.</summary>
internal sealed class DamagedRecord : ISurgery
{
    public Task OperateAsync(Scene scene, Dice dice)
    {
        if (!Directory.Exists(scene.Place.Attempts))
        {
            return Task.CompletedTask;
        }

        foreach (var directory in Directory.EnumerateDirectories(scene.Place.Attempts).Order())
        {
            var record = Path.Combine(directory, AttemptFiles.Exit);
            var name = Path.GetFileName(directory).Split('-');
            if (name.Length == 2 && File.Exists(record))
            {
                var bytes = File.ReadAllBytes(record);
                var damaged = dice.Chance(50) ? bytes[..dice.Number(0, bytes.Length - 1)] : [.. bytes.Select(old => (byte)(old ^ 0x55))];
                File.WriteAllBytes(record, damaged);
                scene.Deeds.DamagedRecord((long.Parse(name[0]), int.Parse(name[1])));
                scene.Deeds.Count("exit record damaged");
            }
        }

        return Task.CompletedTask;
    }
}

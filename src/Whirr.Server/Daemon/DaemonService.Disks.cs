using Whirr.Engine.Disk;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

public sealed partial class DaemonService
{
    // A file system that hangs must not take the answer along.
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(2);

    private async Task<IEnumerable<Wire.DiskPlace>> MeasureDisksAsync()
    {
        var places = new[] { facts.StateDir, facts.RunsDir }.Distinct().Select(MeasureAsync);
        return (await Task.WhenAll(places).ConfigureAwait(false)).OfType<Wire.DiskPlace>();
    }

    private async Task<Wire.DiskPlace?> MeasureAsync(string path)
    {
        try
        {
            var space = await diskSpace.MeasureAsync(null, path).WaitAsync(DiskPatience, time).ConfigureAwait(false);
            return space is null ? null : new Wire.DiskPlace
            {
                Path = path,
                FreeBytes = (ulong)space.FreeBytes,
                TotalBytes = (ulong)space.TotalBytes,
                ReserveBytes = (ulong)DiskRules.Threshold(diskSettings().MinFreeBytes, space.TotalBytes),
            };
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}

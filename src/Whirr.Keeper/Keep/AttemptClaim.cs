using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep;

/// <summary>The right to run the attempt of the working directory: its lock, held until the process ends.</summary>
/// <remarks>Whoever has the lock looks next whether the attempt is over. So of a keeper that starts late and a daemon that gives the attempt
/// up only one can come first, and the other one knows.</remarks>
internal sealed class AttemptClaim : IDisposable
{
    private const uint Private = 0b110_000_000;
    private readonly Fd _lock;

    private AttemptClaim(Fd held) => _lock = held;

    /// <summary>Takes it; null when the attempt is somebody else's or over.</summary>
    public static AttemptClaim? TryTake()
    {
        var file = Fd.Open(AttemptFiles.Lock, OpenFlags.ReadWrite | OpenFlags.Create, Private);
        if (file.TryLock() && Paths.TryStat(null, AttemptFiles.Void) is null && Paths.TryStat(null, AttemptFiles.Exit) is null)
        {
            return new AttemptClaim(file);
        }

        file.Dispose();
        return null;
    }

    public void Dispose() => _lock.Dispose();
}

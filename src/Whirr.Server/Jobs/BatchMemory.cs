namespace Whirr.Server.Jobs;

/// <summary>Bounds what batches hold in memory while they are being received, whoever sends them and however many at once.</summary>
public sealed class BatchMemory
{
    /// <summary>Bytes on the wire of one call; 100,000 jobs of some 600 bytes each.</summary>
    public const long MaxCallBytes = 64 * 1024 * 1024;

    /// <summary>Bytes on the wire of all calls that are being received.</summary>
    public const long MaxBytes = 128 * 1024 * 1024;

    /// <summary>From here on a finished batch leaves a heap that is worth shrinking: an idle daemon would keep it for ever.</summary>
    private const long LargeBytes = 4 * 1024 * 1024;

    private long _taken;

    /// <summary>Begins a call. Dispose of it when nothing of it is referenced any more.</summary>
    public Call Open() => new(this);

    /// <summary>What one call holds.</summary>
    public sealed class Call : IDisposable
    {
        private readonly BatchMemory _all;
        private long _mine;

        internal Call(BatchMemory all) => _all = all;

        /// <summary>Counts a message in. False: that is too much, and the call has to fail.</summary>
        public bool TryTake(long bytes)
        {
            _mine += bytes;
            return Interlocked.Add(ref _all._taken, bytes) <= MaxBytes && _mine <= MaxCallBytes;
        }

        public void Dispose()
        {
            var left = Interlocked.Add(ref _all._taken, -_mine);
            if (left == 0 && _mine >= LargeBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            }
        }
    }
}

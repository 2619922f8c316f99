using System.Threading.Channels;

namespace Whirr.Engine.Queue;

/// <summary>Tells whoever waits for a job that something about it has changed in the store.</summary>
/// <remarks>A change is a hint to look again, not the news itself: the store is the only truth, and hints are merged.</remarks>
public sealed class JobChanges
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<long, List<Subscription>> _subscriptions = [];

    /// <summary>Raised after any change of any job, for what counts jobs rather than watching one.</summary>
    public event Action? Any;

    /// <summary>Starts listening to a job. Subscribe first, then look: what changes in between is not missed.</summary>
    public Subscription Subscribe(long jobId)
    {
        var subscription = new Subscription(this, jobId);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(jobId, out var list))
            {
                _subscriptions.Add(jobId, list = []);
            }

            list.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Says that a job has changed. Called after the change is durable.</summary>
    public void Publish(long jobId)
    {
        lock (_lock)
        {
            PublishLocked(jobId);
        }

        Any?.Invoke();
    }

    /// <summary>As <see cref="Publish"/>, for many jobs at once.</summary>
    public void PublishAll(IReadOnlyCollection<long> jobIds)
    {
        lock (_lock)
        {
            if (_subscriptions.Count > 0)
            {
                foreach (var jobId in jobIds)
                {
                    PublishLocked(jobId);
                }
            }
        }

        Any?.Invoke();
    }

    private void PublishLocked(long jobId)
    {
        if (_subscriptions.TryGetValue(jobId, out var list))
        {
            foreach (var subscription in list)
            {
                subscription.Hint();
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            if (_subscriptions.TryGetValue(subscription.JobId, out var list) && list.Remove(subscription) && list.Count == 0)
            {
                _subscriptions.Remove(subscription.JobId);
            }
        }
    }

    /// <summary>One listener to one job.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly JobChanges _changes;
        private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        internal Subscription(JobChanges changes, long jobId)
        {
            _changes = changes;
            JobId = jobId;
        }

        public long JobId { get; }

        /// <summary>Completes when the job has changed since the last call.</summary>
        public async ValueTask NextAsync(CancellationToken cancellation) => await _hints.Reader.ReadAsync(cancellation).ConfigureAwait(false);

        public void Dispose() => _changes.Remove(this);

        internal void Hint() => _hints.Writer.TryWrite(true);
    }
}

namespace Whirr.Linux.Events;

/// <summary>One interest in the changes of a file.</summary>
public sealed class FileWatch : IDisposable
{
    private readonly FileChanges _owner;

    // Guards the two fields below.
    private readonly Lock _lock = new();
    private bool _changed;
    private TaskCompletionSource? _waiter;

    internal FileWatch(FileChanges owner, int number)
    {
        _owner = owner;
        Number = number;
    }

    /// <summary>The kernel's number of the watch.</summary>
    internal int Number { get; }

    /// <summary>Completes when the file was written to since the last call, or since the watch began. One call at a time.</summary>
    public Task ChangedAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_changed)
            {
                _changed = false;
                return Task.CompletedTask;
            }

            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task.WaitAsync(cancellation);
        }
    }

    public void Dispose() => _owner.Remove(this);

    internal void Changed()
    {
        lock (_lock)
        {
            // A waiter that was cancelled has nobody behind it: then the change is for the next call.
            if (_waiter is { } waiter)
            {
                _waiter = null;
                waiter.SetResult();
            }

            _changed = true;
        }
    }
}

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>A write that waits for its transaction, and the caller that waits for it.</summary>
internal abstract class PendingWrite
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private int _state;

    /// <summary>Why it failed; null while it has not.</summary>
    public Exception? Error { get; set; }

    /// <summary>The writer takes it. False: its caller has given up on it, and it has no effect.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Runs it within a transaction. May be called again when that transaction was undone.</summary>
    public abstract void Run(WriteSession session);

    /// <summary>Tells the caller. Never runs code of the caller on this thread.</summary>
    public abstract void Complete();

    /// <summary>The caller gives up. False: the writer has taken it, and the outcome stands.</summary>
    protected bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;
}

/// <inheritdoc/>
internal sealed class PendingWrite<T> : PendingWrite
{
    private readonly Func<WriteSession, T> _operation;
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;
    private T _result = default!;

    public PendingWrite(Func<WriteSession, T> operation, CancellationToken cancellation)
    {
        _operation = operation;
        _cancellation = cancellation.UnsafeRegister(
            static (self, token) =>
            {
                var write = (PendingWrite<T>)self!;
                if (write.TryWithdraw())
                {
                    write._outcome.SetCanceled(token);
                }
            },
            this);
    }

    public Task<T> Outcome => _outcome.Task;

    public override void Run(WriteSession session) => _result = _operation(session);

    public override void Complete()
    {
        _cancellation.Unregister();
        if (Error is { } error)
        {
            _outcome.SetException(error);
        }
        else
        {
            _outcome.SetResult(_result);
        }
    }
}

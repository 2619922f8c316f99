namespace Whirr.Engine.Attempts;

/// <summary>Holds the dispatcher back until everything that an earlier daemon left has been found again.</summary>
public sealed class StartGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => _opened.Task.IsCompleted;

    public void Open() => _opened.TrySetResult();

    public Task OpenedAsync(CancellationToken cancellation) => _opened.Task.WaitAsync(cancellation);
}

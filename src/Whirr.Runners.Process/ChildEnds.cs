using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Runners.Process;

/// <summary>Waits for the ends of the programs that the daemon starts, so that they do not stay as zombies.</summary>
internal sealed class ChildEnds(Reactor reactor)
{
    /// <summary>Completes when a child of ours has ended; to be called once for each.</summary>
    public Task EndOf(int pid)
    {
        // The child is not reaped yet, so the number is still its own.
        if (Pidfd.TryOpen(pid) is not { } child)
        {
            return Task.CompletedTask;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(() => reactor.Watch(child, () =>
        {
            reactor.Unwatch(child);
            Pidfd.Reap(child);
            child.Dispose();
            ended.SetResult();
        }));
        return ended.Task;
    }
}

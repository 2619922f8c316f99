using Whirr.Linux.Events;
using Whirr.Linux.Starting;

namespace Whirr.Runners.Process;

/// <summary>Waits for the ends of the programs that the daemon starts, so that they do not stay as zombies.</summary>
internal sealed class ChildEnds(Reactor reactor)
{
    /// <summary>Completes when a program has ended; to be called once for each.</summary>
    public Task EndOf(StartedProgram program)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(() => reactor.Watch(program.Process, () =>
        {
            reactor.Unwatch(program.Process);
            program.TakeEnd();
            program.Dispose();
            ended.SetResult();
        }));
        return ended.Task;
    }
}

using Whirr.Runners.Process;

namespace Whirr.Tests.Runners;

/// <summary>Following a log: a change is told, none is missed, and nobody polls.</summary>
public sealed class RunLogTests : IDisposable
{
    private const int Limit = 30_000;
    private readonly string _runDir = Directory.CreateTempSubdirectory("whirr-").FullName;
    private readonly RunLogs _logs = new(systemMode: false);

    private string LogPath => $"{_runDir}/output.log";

    [Fact(Timeout = Limit)]
    public async Task A_change_that_comes_later_is_told()
    {
        File.WriteAllText(LogPath, "a");
        using var log = _logs.Open(World.Owner(), _runDir)!;
        var changed = log.ChangedAsync(CancellationToken.None);
        Assert.False(changed.IsCompleted);

        File.AppendAllText(LogPath, "b");

        await changed;
        Assert.Equal(2, log.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_between_two_calls_is_not_missed()
    {
        File.WriteAllText(LogPath, "");
        using var log = _logs.Open(World.Owner(), _runDir)!;
        File.AppendAllText(LogPath, "b");

        await log.ChangedAsync(CancellationToken.None);

        Assert.Equal(1, log.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Two_readers_of_one_log_are_both_told_and_one_may_leave()
    {
        File.WriteAllText(LogPath, "");
        var first = _logs.Open(World.Owner(), _runDir)!;
        using var second = _logs.Open(World.Owner(), _runDir)!;
        var both = Task.WhenAll(first.ChangedAsync(CancellationToken.None), second.ChangedAsync(CancellationToken.None));
        File.AppendAllText(LogPath, "b");
        await both;

        first.Dispose();
        File.AppendAllText(LogPath, "c");

        await second.ChangedAsync(CancellationToken.None);
        Assert.Equal(2, second.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Waiting_can_be_given_up()
    {
        File.WriteAllText(LogPath, "");
        using var log = _logs.Open(World.Owner(), _runDir)!;
        using var given = new CancellationTokenSource();
        var changed = log.ChangedAsync(given.Token);

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => changed);
    }

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_runDir, recursive: true);
    }
}

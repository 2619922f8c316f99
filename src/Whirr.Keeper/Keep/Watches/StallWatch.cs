using Whirr.KeeperContract;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Finds out that a job hangs: for too long it gave no sign of progress.</summary>
/// <remarks>It is looked at ten times in that span, at most every second and at least every minute. Which processes use a GPU is asked only when
/// everything else says that the job hangs.</remarks>
internal sealed class StallWatch : IWatch
{
    private readonly LaunchSpec _spec;
    private readonly ProgressSigns _signs;
    private readonly GpuProbe? _gpu;
    private readonly Action<KeeperMessage> _tell;
    private readonly Action<string> _end;
    private readonly Action _dump;
    private readonly long _intervalMs;

    private long _nextMs;
    private long _lookedMs;
    private long _signMs;
    private bool _isStalled;
    private bool _isOver;

    /// <param name="spec">How long, and what to do.</param>
    /// <param name="signs">What is looked at.</param>
    /// <param name="gpu">Asks for GPU use; null: it is not known here.</param>
    /// <param name="tell">Tells the daemons.</param>
    /// <param name="end">Ends the job; gets the reason in words.</param>
    /// <param name="dump">Writes down what its processes do.</param>
    /// <param name="nowMs">The command has just been started.</param>
    public StallWatch(
        LaunchSpec spec, ProgressSigns signs, GpuProbe? gpu, Action<KeeperMessage> tell, Action<string> end, Action dump, long nowMs)
    {
        _spec = spec;
        _signs = signs;
        _gpu = gpu;
        _tell = tell;
        _end = end;
        _dump = dump;
        _intervalMs = Math.Clamp(spec.StallMilliseconds / 10, 1_000, 60_000);
        _lookedMs = _signMs = nowMs;
        _nextMs = nowMs + _intervalMs;
        _signs.Take();
    }

    /// <inheritdoc/>
    public long? DueAt => _isOver ? null : _gpu?.DueAt ?? _nextMs;

    /// <inheritdoc/>
    public PollEntry? Interest => _gpu?.Interest;

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (_isOver)
        {
            return;
        }

        if (_gpu is { IsAsking: true })
        {
            HearGpu(nowMs);
        }
        else if (nowMs >= _nextMs)
        {
            _nextMs = nowMs + _intervalMs;
            TakeSigns(nowMs);
        }
    }

    /// <summary>Asks nobody any more.</summary>
    public void Finish() => _gpu?.Dispose();

    private void TakeSigns(long nowMs)
    {
        var moved = _signs.HaveMoved(nowMs - _lookedMs);
        _lookedMs = nowMs;
        if (moved)
        {
            Progressed(nowMs);
        }
        else if (!_isStalled && nowMs - _signMs >= _spec.StallMilliseconds && _gpu?.TryAsk(nowMs) != true)
        {
            Stall(nowMs);
        }
    }

    private void HearGpu(long nowMs)
    {
        if (!_gpu!.TryHear(nowMs, out var answer))
        {
            return;
        }

        _signs.Take();
        _lookedMs = nowMs;
        _nextMs = nowMs + _intervalMs;
        var users = GpuUsers.Parse(answer);
        if (TreeProcesses.List().Exists(process => users.Contains(process.Pid)))
        {
            Progressed(nowMs);
        }
        else
        {
            Stall(nowMs);
        }
    }

    private void Progressed(long nowMs)
    {
        _signMs = nowMs;
        if (_isStalled)
        {
            _isStalled = false;
            _tell(new KeeperMessage.Resumed());
        }
    }

    private void Stall(long nowMs)
    {
        _isStalled = true;
        var span = TimeSpan.FromMilliseconds(nowMs - _signMs);
        _tell(new KeeperMessage.Stalled(StallSentence.Of(span, _gpu is not null, _spec.OnStall)));
        switch (_spec.OnStall)
        {
            case StallReaction.Dump:
                _dump();
                _signs.Take();
                break;
            case StallReaction.End:
                _isOver = true;
                _end(StallSentence.Of(span, _gpu is not null, StallReaction.End));
                break;
        }
    }
}

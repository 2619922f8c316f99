using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Runners.Process;

/// <summary>An attempt under a keeper, as the daemon sees it.</summary>
/// <remarks>The connection is used on the thread of the reactor alone. When it ends without an ending, the facts are examined
/// (<see cref="LostAttempts"/>): a keeper that is silent is not a keeper that is dead.</remarks>
internal sealed class KeptAttempt : IAttempt
{
    // What a keeper may take after the grace to kill what is left and to write its record.
    private static readonly TimeSpan KeeperPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly Job _job;
    private readonly AttemptDirectory _directory;
    private readonly Reactor _reactor;
    private readonly LostAttempts _lost;
    private readonly Action<AttemptWarning> _warn;
    private readonly TaskCompletionSource<AttemptStart> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<AttemptEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // On the thread of the reactor.
    private readonly FrameBuffer _received = new();
    private readonly SignBoard _signs = new();
    private Fd? _socket;
    private int? _unsentGraceMs;
    private bool _isOfFirstRelease;
    private bool _isAsked;

    private readonly string _runDir;
    private readonly TimeProvider _time;

    /// <param name="job">The job, as it was when the attempt was claimed.</param>
    /// <param name="key">The attempt.</param>
    /// <param name="directory">Its directory, which this owns.</param>
    /// <param name="runDir">Where its run directory is, or would have been made.</param>
    /// <param name="reactor">Hears the keeper.</param>
    /// <param name="lost">Finds out what became of it without a keeper.</param>
    /// <param name="time">Measures how long a keeper takes to end a job.</param>
    /// <param name="warn">Takes what a person should know.</param>
    public KeptAttempt(
        Job job,
        AttemptKey key,
        AttemptDirectory directory,
        string runDir,
        Reactor reactor,
        LostAttempts lost,
        TimeProvider time,
        Action<AttemptWarning> warn)
    {
        _job = job;
        _time = time;
        _runDir = runDir;
        Key = key;
        _directory = directory;
        _reactor = reactor;
        _lost = lost;
        _warn = warn;
    }

    /// <inheritdoc/>
    public AttemptKey Key { get; }

    /// <inheritdoc/>
    public Task<AttemptStart> Started => _started.Task;

    /// <inheritdoc/>
    public Task<AttemptEnding> Ended => _ended.Task;

    /// <inheritdoc/>
    public event Action<AttemptSign>? Signed
    {
        add
        {
            if (value is not null)
            {
                _reactor.Post(() => _signs.Add(value));
            }
        }

        remove
        {
            if (value is not null)
            {
                _reactor.Post(() => _signs.Remove(value));
            }
        }
    }

    /// <summary>Listens to the keeper at the other end of <paramref name="socket"/>.</summary>
    public void Attach(Fd socket) => _reactor.Post(() =>
    {
        _socket = socket;
        _reactor.Watch(socket, Receive);
        if (_unsentGraceMs is { } graceMs)
        {
            Send(new KeeperMessage.Cancel(graceMs));
        }
    });

    /// <summary>Completes with what the facts say.</summary>
    /// <param name="held">The lock of the attempt; null: it is taken when the keeper lets go of it.</param>
    public void Examine(Fd? held) => _ = Task.Run(async () =>
    {
        try
        {
            Complete(await _lost.ExamineAsync(_job, Key, _directory, held).ConfigureAwait(false));
        }
        catch (Exception e) when (_ended.TrySetException(e))
        {
            // Whoever waits for the end is told.
            _started.TrySetCanceled();
        }
    });

    /// <inheritdoc/>
    public void Cancel(TimeSpan grace)
    {
        _reactor.Post(() =>
        {
            var graceMs = (int)Math.Clamp(grace.TotalMilliseconds, 0, int.MaxValue);
            if (_socket is null)
            {
                _unsentGraceMs = Math.Min(graceMs, _unsentGraceMs ?? graceMs);
            }
            else
            {
                Send(new KeeperMessage.Cancel(graceMs));
            }
        });
        _ = InsistAsync(grace < LongestWait ? grace + KeeperPatience : LongestWait);
    }

    /// <inheritdoc/>
    public void Ping() => _reactor.Post(() =>
    {
        if (_socket is null)
        {
            return;
        }

        if (_isOfFirstRelease)
        {
            AnswerForKeeper();
        }
        else if (!_isAsked)
        {
            // One question at a time: a keeper that is stopped must not find a thousand, nor a cancellation no room behind them.
            _isAsked = true;
            Send(new KeeperMessage.Ping());
        }
    });

    /// <inheritdoc/>
    public void SetTimeLimit(TimeSpan? limit) =>
        _reactor.Post(() => Send(new KeeperMessage.SetTimeLimit(limit is { } span ? (long)Math.Ceiling(span.TotalMilliseconds) : null)));

    /// <inheritdoc/>
    public void SetLowSpace(bool isLow) => _reactor.Post(() => Send(new KeeperMessage.LowSpace(isLow)));

    /// <inheritdoc/>
    public void AcknowledgeAlert(DateTimeOffset at) => _reactor.Post(() => Send(new KeeperMessage.AlertHeard(at)));

    /// <inheritdoc/>
    public void Forget() => _reactor.Post(() =>
    {
        Send(new KeeperMessage.Forget());
        Close();
        try
        {
            _directory.Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warn(new AttemptWarning(Key, $"{_directory.Path} is left behind: {e.Message}; it can be removed by hand"));
        }

        _directory.Dispose();
    });

    /// <summary>It would not answer itself. That it holds its lock is all that can be known of it.</summary>
    private void AnswerForKeeper()
    {
        try
        {
            using var free = _directory.TryLock();
            if (free is null)
            {
                _signs.Raise(new AttemptSign.Alive(default, 0, 0));
            }
        }
        catch (IOException)
        {
            // Nothing is known then, which is what silence says.
            return;
        }
    }

    /// <summary>Does without a keeper that was told to end the job and does not, as it was stopped (SIGSTOP) or hangs.</summary>
    private async Task InsistAsync(TimeSpan patience)
    {
        try
        {
            await _ended.Task.WaitAsync(patience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _reactor.Post(KillWithKeeper);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The end of the attempt could not be found out; whoever waits for it is told the same.
            return;
        }
    }

    private void KillWithKeeper()
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        try
        {
            if (_directory.TryReadFacts() is not { } facts || facts.BootId != Boot.Id)
            {
                return;
            }

            if (Pidfd.TryOpen(facts.KeeperPid, facts.KeeperStartTicks) is not { } keeper)
            {
                return;
            }

            using (keeper)
            {
                _warn(new AttemptWarning(Key, $"its keeper (process {facts.KeeperPid}) does not end it; killing both"));
                if (facts.Cgroup is { } cgroup)
                {
                    CgroupLeaf.At(cgroup).TryKill();
                }

                // Its death closes the connection and its lock, and then the facts are examined and the rest of the tree is killed.
                Pidfd.Send(keeper, Signal.Kill);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warn(new AttemptWarning(Key, $"its keeper does not end it, and cannot be killed: {e.Message}"));
        }
    }

    private void Receive()
    {
        try
        {
            int count;
            while (_socket is not null && (count = UnixStream.Receive(_socket, _received.Free())) >= 0)
            {
                if (count == 0)
                {
                    Close();
                    break;
                }

                _received.Received(count);
                while (_received.TryTake(out var message))
                {
                    Hear(message);
                }
            }
        }
        catch (KeeperContractException e)
        {
            _warn(new AttemptWarning(Key, $"its keeper is not understood ({e.Message}); going by the facts when it has ended"));
            Close();
        }

        if (_socket is null && !_ended.Task.IsCompleted)
        {
            Examine(held: null);
        }
    }

    private void Hear(KeeperMessage message)
    {
        switch (message)
        {
            case KeeperMessage.Started started:
                _isOfFirstRelease = !started.AnswersPing;
                _started.TrySetResult(new AttemptStart(started.Pid, started.RunDir, started.At, started.LogOffset));
                break;
            case KeeperMessage.Alive alive:
                _isAsked = false;
                _signs.Raise(new AttemptSign.Alive(EndingMap.ToUsage(alive.Usage), alive.MemoryBytes, alive.Processes));
                break;
            case KeeperMessage.Stalled stalled:
                _signs.Raise(new AttemptSign.Stalled(stalled.Sentence));
                break;
            case KeeperMessage.Resumed:
                _signs.Raise(new AttemptSign.Resumed());
                break;
            case KeeperMessage.Alerted alerted:
                _signs.Raise(new AttemptSign.Alerted(EndingMap.ToAlert(alerted.Alert)));
                break;
            case KeeperMessage.Ended ended:
                foreach (var warning in ended.Record.Warnings)
                {
                    _warn(new AttemptWarning(Key, warning));
                }

                Complete(EndingMap.ToEnding(ended.Record));
                break;
        }
    }

    private void Complete(AttemptEnding ending)
    {
        // In this order: whoever has seen the end can ask whether it ever ran.
        _started.TrySetCanceled();
        _ended.TrySetResult(ending with { RunDir = _runDir });
    }

    private void Send(KeeperMessage message)
    {
        // A few dozen bytes into an empty buffer: they fit, or the keeper is gone, which the next receive tells.
        if (_socket is { } socket)
        {
            UnixStream.Send(socket, KeeperMessageFormat.Encode(message));
        }
    }

    private void Close()
    {
        if (_socket is { } socket)
        {
            _socket = null;
            _reactor.Unwatch(socket);
            socket.Dispose();
        }
    }
}

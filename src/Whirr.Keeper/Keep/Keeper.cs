using Whirr.Domain.Jobs;
using Whirr.Keeper.Exec;
using Whirr.Keeper.Keep.Watches;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary>Keeps one attempt: waits for what happens to it and to the daemons, ends it when told to, and records its end.</summary>
/// <remarks>
/// One thread and one poll(2) over everything: signals, the report of the start, the listening socket, the daemons. Nothing happens by
/// itself but two deadlines (the grace before SIGKILL, the next try to write an exit record), and they are the timeout of poll, which
/// counts CLOCK_MONOTONIC: a job that was told to end while the machine went to sleep still gets its grace afterwards.
///
/// The life of an attempt: starting, running, [told to end, with grace], main process ended, the rest killed, recorded, told, done.
/// </remarks>
internal sealed class Keeper
{
    private const int RetryMs = 5_000;

    // Whoever stops everything (init at a shutdown) sends SIGTERM to job and keeper alike, and the job's may be the first to arrive.
    private const int SettleMs = 300;
    private const int NoTimeout = -1;

    private readonly LaunchSpec _spec;
    private readonly Launch _launch;
    private readonly SignalQueue _signals;
    private readonly Fd _listener;
    private readonly TimeProvider _time;
    private readonly JobTree _tree;
    private readonly StartReport _start = new();
    private readonly List<DaemonLink> _daemons;
    private readonly List<string> _warnings = [];
    private readonly TimeLimit _timeLimit;
    private readonly OomCheck _oom;
    private readonly List<IWatch> _watches;
    private readonly JobWatches _jobWatches;
    private readonly AlertBoard _alerts;

    private KeeperMessage.Started? _started;
    private KeeperMessage.Stalled? _stalled;
    private DateTimeOffset? _mainEndedAt;
    private ExitCause _cause = ExitCause.Itself;
    private string? _detail;
    private long? _killAt;
    private long? _retryAt;
    private long? _settledAt;
    private ExitRecord? _record;
    private bool _done;

    public Keeper(LaunchSpec spec, Launch launch, SignalQueue signals, Fd listener, DaemonLink daemon, TimeProvider time)
    {
        _spec = spec;
        _launch = launch;
        _signals = signals;
        _listener = listener;
        _daemons = [daemon];
        _time = time;
        _tree = new JobTree(launch.Pid, launch.Cgroup);
        _oom = new OomCheck(spec, launch.Cgroup);
        _timeLimit = new TimeLimit(
            spec, _tree.SendToMain, limit => End(ExitCause.TimeLimit, spec.KillGraceMilliseconds, EndSentence.TimeLimit(limit)));
        _watches = [_timeLimit];
        _alerts = new AlertBoard(Tell, time);
        _jobWatches = new JobWatches(
            spec,
            () => TreeUse.Now(_tree),
            _tree.Exclude,
            _tree.SendToMain,
            Tell,
            _alerts,
            (cause, reason) => End(cause, spec.KillGraceMilliseconds, reason),
            _warnings.Add,
            time);
    }

    /// <summary>Returns when the attempt has ended, its record is on disk, and every daemon that listens was told.</summary>
    public void Run()
    {
        var entries = new PollEntry[8];
        while (!_done)
        {
            var count = FillEntries(ref entries);
            Poller.Wait(entries.AsSpan(0, count), TimeoutMs());
            ReadStartReport();
            TakeSignals();
            AcceptDaemons();
            HearDaemons();
            Advance();
        }
    }

    private int FillEntries(ref PollEntry[] entries)
    {
        if (entries.Length < 3 + _daemons.Count + _watches.Count)
        {
            entries = new PollEntry[2 * entries.Length];
        }

        var count = 0;
        entries[count++] = new PollEntry(_signals.Descriptor.Number, PollEntry.In);
        entries[count++] = new PollEntry(_listener.Number, PollEntry.In);
        entries[count++] = new PollEntry(_start.IsComplete ? -1 : _launch.Report.Number, PollEntry.In);
        foreach (var daemon in _daemons)
        {
            entries[count++] = daemon.Interest;
        }

        foreach (var watch in Watching)
        {
            entries[count++] = watch.Interest ?? new PollEntry(-1, PollEntry.In);
        }

        return count;
    }

    private int TimeoutMs()
    {
        var deadline = _record is not null ? _retryAt : _killAt < _settledAt ? _killAt : _settledAt ?? _killAt;
        foreach (var watch in Watching)
        {
            deadline = watch.DueAt is { } due && !(deadline <= due) ? due : deadline;
        }

        return deadline is { } at ? (int)Math.Clamp(at - NowMs(), 0, int.MaxValue) : NoTimeout;
    }

    /// <summary>What is looked at: only while the command runs.</summary>
    private List<IWatch> Watching => _started is not null && _record is null && _tree.MainEnded is null ? _watches : [];

    private void ReadStartReport()
    {
        if (_start.IsComplete || !_start.ReadFrom(_launch.Report))
        {
            return;
        }

        _launch.Report.Dispose();
        if (_start.Executed)
        {
            _timeLimit.Begin(NowMs());
            _started = new KeeperMessage.Started(_launch.Pid, _spec.RunDir, _time.GetUtcNow(), _start.Facts?.LogOffset) { AnswersPing = true };
            Tell(_started);
            _watches.AddRange(_jobWatches.Begin(_start.Facts!, NowMs()));
        }
    }

    private void TakeSignals()
    {
        for (var signal = _signals.TryTake(); signal != 0; signal = _signals.TryTake())
        {
            if (signal is not (Signal.Terminate or Signal.Interrupt))
            {
                continue;
            }

            End(ExitCause.KeeperStopped, _spec.KillGraceMilliseconds);
            if (_cause == ExitCause.Itself && _record is null && _tree.MainEnded?.ExitCode == 128 + signal)
            {
                // Not the command's own end, nor one that somebody wanted for it: the same hand wants both of us gone.
                _cause = ExitCause.KeeperStopped;
                _settledAt = null;
            }
        }
    }

    private void AcceptDaemons()
    {
        while (UnixStream.TryAccept(_listener) is { } socket)
        {
            var daemon = new DaemonLink(socket);
            _daemons.Add(daemon);
            if (_started is not null)
            {
                daemon.Send(_started);
            }

            if (_stalled is not null)
            {
                daemon.Send(_stalled);
            }

            foreach (var alert in _alerts.Unheard)
            {
                daemon.Send(new KeeperMessage.Alerted(alert));
            }

            if (_record is not null)
            {
                daemon.Send(new KeeperMessage.Ended(_record));
            }
        }
    }

    private void HearDaemons()
    {
        for (var i = _daemons.Count - 1; i >= 0; i--)
        {
            var daemon = _daemons[i];
            daemon.Flush();
            foreach (var message in daemon.Receive())
            {
                switch (message)
                {
                    case KeeperMessage.Cancel cancel:
                        End(ExitCause.Cancel, Math.Max(0, cancel.GraceMilliseconds));
                        break;
                    case KeeperMessage.LowSpace space:
                        _jobWatches.SetLowSpace(space.IsLow);
                        break;
                    case KeeperMessage.Ping:
                        daemon.Send(TreeUse.Now(_tree));
                        break;
                    case KeeperMessage.AlertHeard heard:
                        _alerts.Heard(heard.At);
                        break;
                    case KeeperMessage.SetTimeLimit limit:
                        _timeLimit.Set(limit.LimitMilliseconds);
                        break;
                    case KeeperMessage.Forget when _record is not null:
                        _retryAt = null;
                        break;
                }
            }

            if (daemon.IsClosed)
            {
                daemon.Dispose();
                _daemons.RemoveAt(i);
            }
        }

        if (_daemons.Count == 0 && _spec.EndOnDaemonLoss && _cause == ExitCause.Itself)
        {
            End(ExitCause.DaemonLoss, _spec.KillGraceMilliseconds);
        }
    }

    /// <summary>Begins to end the job. The first cause counts; a later request may only shorten the grace.</summary>
    private void End(ExitCause cause, int graceMs, string? detail = null)
    {
        // What has ended by itself before this was not ended by us.
        _tree.Reap();
        if (_tree.MainEnded is not null)
        {
            return;
        }

        if (_cause == ExitCause.Itself)
        {
            _cause = cause;
            _detail = detail;
            _tree.Terminate();
        }

        _killAt = Math.Min(_killAt ?? long.MaxValue, NowMs() + graceMs);
    }

    /// <summary>Goes on as far as the facts allow.</summary>
    private void Advance()
    {
        if (_record is null)
        {
            _tree.Reap();
            if (_tree.MainEnded is null)
            {
                Watching.ForEach(watch => watch.Look(NowMs()));
                KillWhenDue();
                return;
            }

            _mainEndedAt ??= _time.GetUtcNow();
            if (!EndRest() || !HasSettled())
            {
                return;
            }

            Record();
        }
        else if (_retryAt <= NowMs())
        {
            TryWriteRecord();
        }

        _done = _retryAt is null && _daemons.TrueForAll(daemon => daemon.IsFlushed);
    }

    /// <summary>False while a SIGTERM that ended the command may turn out to be meant for the keeper, too.</summary>
    private bool HasSettled()
    {
        if (_cause == ExitCause.Itself && _tree.MainEnded?.ExitCode == 128 + Signal.Terminate && _start.Executed)
        {
            _settledAt ??= NowMs() + SettleMs;
            return _settledAt <= NowMs();
        }

        return true;
    }

    private void KillWhenDue()
    {
        if (_killAt <= NowMs())
        {
            _killAt = null;
            _tree.KillGroup();
        }
    }

    /// <summary>Ends what the main process left behind; true when nothing is left.</summary>
    private bool EndRest()
    {
        // A job that was told to end may use its grace to the end also when its main process, often a shell, ended at once: the rest of
        // the process group got the same SIGTERM and may be writing a checkpoint. In any other end nothing is left to wait for.
        if (!_tree.IsGone && _killAt > NowMs() && _tree.GroupLives)
        {
            return false;
        }

        _killAt = null;
        if (!_tree.IsGone)
        {
            var refused = _tree.KillRest();
            _tree.Reap();
            if (!_tree.IsGone && refused == 0)
            {
                return false;
            }

            if (!_tree.IsGone)
            {
                _warnings.Add($"{refused} processes of another user could not be killed and are left behind");
            }
        }

        return true;
    }

    private void Record()
    {
        var use = _tree.ReadCgroup();
        if (_tree.RemoveCgroup() is { } leftover)
        {
            _warnings.Add(leftover);
        }

        _jobWatches.Finish();

        // The report of a start that failed is complete by now: its writer is dead.
        ReadStartReport();
        var record = EndOfAttempt.Describe(_spec, _start, _tree, use, _cause, _started?.At, _mainEndedAt ?? _time.GetUtcNow());
        record = _oom.Explain(record with { Detail = _detail ?? record.Detail }, use, _start.Executed);
        if (RunRecord.TryWriteEnd(_spec, record) is { } problem)
        {
            _warnings.Add(problem);
        }

        _record = record with { Warnings = _warnings, Alerts = [.. _alerts.Unheard] };
        TryWriteRecord();
        Tell(new KeeperMessage.Ended(_record));
    }

    private void TryWriteRecord()
    {
        try
        {
            ExitFile.Write(_record!);
            _retryAt = null;
        }
        catch (LinuxException)
        {
            // Most often a full disk. The lock stays held, so the attempt cannot be taken for lost: try until there is room, or until a
            // daemon says that it has the record in its store.
            _retryAt = NowMs() + RetryMs;
        }
    }

    private void Tell(KeeperMessage message)
    {
        _stalled = message switch
        {
            KeeperMessage.Stalled stalled => stalled,
            KeeperMessage.Resumed => null,
            _ => _stalled,
        };
        _daemons.ForEach(daemon => daemon.Send(message));
    }

    private long NowMs() => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;
}

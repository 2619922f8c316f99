using System.Text;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Machine;
using Whirr.Linux.Processes;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Tells everybody who sees the run directory that the run lives: a lock on <c>run.lock</c> in it, for as long as the keeper lives.</summary>
/// <remarks>The queue of this job needs no such sign. Other queues, other machines on a shared file system, and whoever looks without a daemon do.
/// The lock is the keeper's and not the command's, so the end of the run is in its record before the lock is free.</remarks>
internal sealed class RunLock : IWatch
{
    /// <summary>For machines that do not see the lock the time of the file is the sign.</summary>
    private const long TouchMs = 30_000;

    private const uint FileMode = 0b110_110_110;

    private readonly Fd _file;
    private readonly byte[] _holder;

    private RunLock(Fd file, byte[] holder, long nowMs)
    {
        _file = file;
        _holder = holder;
        DueAt = nowMs + TouchMs;
    }

    /// <inheritdoc/>
    public long? DueAt { get; private set; }

    /// <inheritdoc/>
    public PollEntry? Interest => null;

    /// <summary>Takes the lock, with the rights of the job's user. Where somebody else has it, it tells the same.</summary>
    /// <exception cref="LinuxException">The file cannot be made or written.</exception>
    public static RunLock Take(LaunchSpec spec, long nowMs)
    {
        using var identity = RunUser.Assume(spec.RunAs);
        using var directory = Fd.Open(spec.RunDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        var file = Fd.OpenAt(directory, RunFiles.Lock, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.NonBlocking, FileMode);
        try
        {
            // Nobody else is to choose a file that this writes to.
            var uid = spec.RunAs?.Uid ?? CurrentProcess.EffectiveUid;
            if (directory.Stat().Uid != uid || file.Stat() is not { IsRegular: true } facts || facts.Uid != uid)
            {
                throw new LinuxException($"{RunFiles.Lock} is not a file of the job's user in a directory of its own", Errno.Eperm);
            }

            RecordLock.TryTake(file);
            var held = new RunLock(file, Encoding.UTF8.GetBytes($"{CurrentProcess.Pid} {Boot.Id} {HostName.Full()}\n"), nowMs);
            held.Touch();
            return held;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (nowMs < DueAt)
        {
            return;
        }

        DueAt = nowMs + TouchMs;
        Touch();
    }

    private void Touch()
    {
        try
        {
            // The same bytes again: that needs no rights but those that the file was opened with.
            _file.WriteAllAt(0, _holder);
        }
        catch (LinuxException)
        {
            // A full disk: the lock is held all the same, and the next time may be better.
            return;
        }
    }
}

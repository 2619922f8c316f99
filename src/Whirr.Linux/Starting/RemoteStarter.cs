using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>Has programs started by a <see cref="StartService"/>: they are its children and inherit its rights and its view of the
/// machine, not those of this process.</summary>
/// <param name="path">Absolute path of its socket.</param>
public sealed class RemoteStarter(string path) : IProgramStarter
{
    private const int EndPatienceMs = 5_000;

    /// <summary>How long to wait for an answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public StartedProgram Start(SpawnRequest request, bool isAwaited = false)
    {
        var connection = UnixPackets.TryConnect(path) ?? throw new LinuxException($"reach the launcher at {path}", Errno.Econnrefused);
        try
        {
            if (UnixPackets.PeerUid(connection) != CurrentProcess.EffectiveUid)
            {
                throw new LinuxException($"the launcher at {path} belongs to another user", Errno.Eperm);
            }

            using (var words = SealedMemory.Create("whirr-start", StartMessages.Encode(request, isAwaited)))
            {
                UnixPackets.Send(connection, "start"u8, [words, .. request.Descriptors.Select(descriptor => descriptor.Ours)]);
            }

            var started = Receive(connection, request.Path, (int)Patience.TotalMilliseconds, out var process);
            var pid = StartMessages.ReadStarted(started, request.Path);
            if (process is null)
            {
                throw new LinuxException($"start {request.Path} through the launcher, which names no process", Errno.Eproto);
            }

            if (!isAwaited)
            {
                connection.Dispose();
            }

            return new StartedProgram(pid, process, () => isAwaited ? TakeEnd(connection) : null);
        }
        catch
        {
            // Whoever starts programs there leaves those alone whose asker is gone.
            connection.Dispose();
            throw;
        }
    }

    private static byte[] Receive(Fd connection, string program, int patienceMs, out Fd? process)
    {
        Span<PollEntry> wait = [new PollEntry(connection.Number, PollEntry.In)];
        if (Poller.Wait(wait, patienceMs) == 0)
        {
            throw new LinuxException($"start {program} through the launcher", Errno.Etimedout);
        }

        var buffer = new byte[StartMessages.MaxAnswerBytes];
        var count = UnixPackets.Receive(connection, buffer, out var descriptors);
        process = descriptors is [var first, ..] ? first : null;
        foreach (var more in descriptors.Skip(1))
        {
            more.Dispose();
        }

        return buffer[..Math.Max(count, 0)];
    }

    private static WaitStatus? TakeEnd(Fd connection)
    {
        using (connection)
        {
            try
            {
                var answer = Receive(connection, "", EndPatienceMs, out var process);
                process?.Dispose();
                return StartMessages.ReadEnded(answer);
            }
            catch (LinuxException)
            {
                // It was restarted meanwhile.
                return null;
            }
        }
    }
}

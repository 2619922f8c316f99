using Whirr.Domain.Jobs;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;

namespace Whirr.Notices.Programs;

/// <summary>Runs a program to its end: some bytes on standard input, a time limit, and what it complained about.</summary>
internal static class HookProgram
{
    private const int MaxComplaint = 4096;

    /// <summary>Runs <paramref name="argv"/> without a shell, in a session of its own.</summary>
    /// <param name="starter">Starts it.</param>
    /// <param name="argv">The first is an absolute path.</param>
    /// <param name="environment"><c>NAME=value</c> entries; nothing else is passed on.</param>
    /// <param name="input">What it can read.</param>
    /// <param name="limit">After this it is killed with its process group.</param>
    /// <param name="cancellation">Kills it as well.</param>
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static Task<HookResult> RunAsync(
        IProgramStarter starter, IReadOnlyList<string> argv, IReadOnlyList<string> environment, byte[] input, TimeSpan limit, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => Run(starter, argv, environment, input, limit, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static HookResult Run(
        IProgramStarter starter, IReadOnlyList<string> argv, IReadOnlyList<string> environment, byte[] input, TimeSpan limit, CancellationToken cancellation)
    {
        using var content = SealedMemory.Create("whirr-notice", input);
        var (reading, writing) = Pipe.Create();
        var (stopRead, stopWrite) = Pipe.Create();
        using var ends = new FdSet(reading, writing, stopRead, stopWrite);
        using var stop = cancellation.UnsafeRegister(static end => ((Fd)end!).WriteAll([0]), stopWrite);

        StartedProgram program;

        // Opened anew: the memory is read from its start, and the program's end of the pipe blocks, as programs expect.
        using (var stdin = Fd.Open($"/proc/self/fd/{content.Number}", OpenFlags.ReadOnly))
        using (var output = Fd.Open($"/proc/self/fd/{writing.Number}", OpenFlags.WriteOnly))
        {
            program = starter.Start(new SpawnRequest
            {
                Path = argv[0],
                Arguments = argv,
                Environment = environment,
                Descriptors = [(stdin, 0), (output, 1), (output, 2)],
                NewSession = true,
            }, isAwaited: true);
        }

        writing.Dispose();
        using (program)
        {
            return Follow(program, reading, stopRead, limit);
        }
    }

    private static HookResult Follow(StartedProgram program, Fd output, Fd stop, TimeSpan limit)
    {
        var complaint = new byte[MaxComplaint];
        var length = 0;
        var isOpen = true;
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        Span<PollEntry> waits = stackalloc PollEntry[3];
        while (true)
        {
            waits[0] = new PollEntry(program.Process.Number, PollEntry.In);
            waits[1] = new PollEntry(isOpen ? output.Number : -1, PollEntry.In);
            waits[2] = new PollEntry(stop.Number, PollEntry.In);
            Poller.Wait(waits, (int)Math.Max(0, deadline - Environment.TickCount64));
            if (waits[1].Happened != 0)
            {
                isOpen = Drain(output, complaint, ref length);
            }

            if (waits[0].Happened != 0)
            {
                break;
            }

            if (waits[2].Happened != 0 || Environment.TickCount64 >= deadline)
            {
                // It has not ended, so the number is still its own, and that of its group.
                _ = ChildProcess.Send(-program.Pid, Signal.Kill);
                return Take(program, complaint, length) with { TimedOut = true };
            }
        }

        Drain(output, complaint, ref length);
        return Take(program, complaint, length);
    }

    private static HookResult Take(StartedProgram program, byte[] complaint, int length)
    {
        Span<PollEntry> wait = [new PollEntry(program.Process.Number, PollEntry.In)];
        Poller.Wait(wait, -1);
        var said = PlainText.OneLine(System.Text.Encoding.UTF8.GetString(complaint.AsSpan(0, length)));

        // How it ended is unknown when its starter ended meanwhile; that may have been before it did its work.
        return new HookResult(program.TakeEnd()?.ExitCode ?? 255, false, said);
    }

    /// <summary>Takes what there is to read; of much only the beginning is kept. False: nobody writes any more.</summary>
    private static bool Drain(Fd output, byte[] kept, ref int length)
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (true)
        {
            var count = output.Read(buffer);
            if (count <= 0)
            {
                return count < 0;
            }

            var fits = Math.Min(count, kept.Length - length);
            buffer[..fits].CopyTo(kept.AsSpan(length));
            length += fits;
        }
    }

    private sealed class FdSet(params Fd[] fds) : IDisposable
    {
        public void Dispose() => Array.ForEach(fds, fd => fd.Dispose());
    }
}

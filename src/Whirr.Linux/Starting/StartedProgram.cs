using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>A program that was started.</summary>
/// <param name="pid">Its process id.</param>
/// <param name="process">The process, which this owns; readable when it has ended.</param>
/// <param name="takeEnd">Tells how it ended, and lets go of it.</param>
public sealed class StartedProgram(int pid, Fd process, Func<WaitStatus?> takeEnd) : IDisposable
{
    private readonly Lock _use = new();

    public int Pid => pid;

    /// <summary>Readable when the program has ended.</summary>
    public Fd Process => process;

    /// <summary>Sends it a signal; one that has ended gets none.</summary>
    public void Send(int signal)
    {
        lock (_use)
        {
            if (!process.IsClosed)
            {
                _ = Pidfd.Send(process, signal);
            }
        }
    }

    /// <summary>How it ended; to be called once, when <see cref="Process"/> is readable.</summary>
    /// <returns>Null: that is not known.</returns>
    public WaitStatus? TakeEnd() => takeEnd();

    public void Dispose()
    {
        lock (_use)
        {
            process.Dispose();
        }
    }
}

using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Asks the GPU driver, by nvidia-smi, without waiting for the answer.</summary>
/// <param name="program">Absolute path of nvidia-smi, from the daemon's configuration.</param>
/// <param name="arguments">The question.</param>
/// <param name="exclude">Gets the process that asks: what it uses is none of the job's.</param>
internal sealed class GpuProbe(string program, IReadOnlyList<string> arguments, Action<int> exclude) : IDisposable
{
    private const long PatienceMs = 10_000;
    private const int MaxOutput = 256 << 10;

    // A child of the keeper while it is asked; it is reaped with those of the job.
    private Fd? _process;
    private Fd? _output;

    /// <summary>True from the question to the answer.</summary>
    public bool IsAsking => _process is not null;

    /// <summary>When to give up waiting for the answer; null: nobody asked.</summary>
    public long? DueAt { get; private set; }

    /// <summary>Ready when there is the answer.</summary>
    public PollEntry? Interest => _process is { } process ? new PollEntry(process.Number, PollEntry.In) : null;

    /// <summary>Begins to ask.</summary>
    /// <returns>False: the program cannot be started.</returns>
    public bool TryAsk(long nowMs)
    {
        try
        {
            var (reading, writing) = Pipe.Create();
            _output = reading;
            using (writing)
            {
                var pid = ChildProcess.Spawn(new SpawnRequest
                {
                    Path = program,
                    Arguments = [program, .. arguments],
                    Environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"],
                    Descriptors = [(writing, 1)],
                });
                exclude(pid);
                _process = Pidfd.TryOpen(pid);
            }
        }
        catch (LinuxException)
        {
            Close();
        }

        DueAt = IsAsking ? nowMs + PatienceMs : null;
        return IsAsking;
    }

    /// <summary>Takes the answer.</summary>
    /// <param name="nowMs">Now.</param>
    /// <param name="answer">What it said; empty when that cannot be known.</param>
    /// <returns>False: it is not there yet.</returns>
    public bool TryHear(long nowMs, out string answer)
    {
        answer = "";
        if (_process is null)
        {
            return true;
        }

        var hasEnded = Poller.Wait([new PollEntry(_process.Number, PollEntry.In)], 0) > 0;
        if (!hasEnded && nowMs < DueAt)
        {
            return false;
        }

        if (hasEnded)
        {
            answer = ReadOutput();
        }
        else
        {
            Pidfd.Send(_process, Signal.Kill);
        }

        Close();
        return true;
    }

    public void Dispose() => Close();

    private string ReadOutput()
    {
        // It has ended, so all that it said is in the pipe, which holds less than this.
        var bytes = new byte[MaxOutput];
        var length = 0;
        int count;
        while (length < bytes.Length && (count = _output!.Read(bytes.AsSpan(length))) > 0)
        {
            length += count;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private void Close()
    {
        _process?.Dispose();
        _output?.Dispose();
        _process = _output = null;
        DueAt = null;
    }
}

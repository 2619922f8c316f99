using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Machine;
using Whirr.Linux.Processes;

namespace Whirr.Cli.Machine;

/// <summary>Asks nvidia-smi what the GPUs of this machine do, in the background: it may take seconds, and some hang.</summary>
internal sealed class GpuWatch : IDisposable
{
    /// <summary>A question that is not answered by then is given up.</summary>
    private const int PatienceMs = 5_000;

    private const int MaxAnswer = 256 << 10;

    /// <summary>What was said longer ago is not shown any more.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    private readonly string? _program;
    private readonly IReadOnlyList<string> _environment;
    private readonly TimeProvider _clock;
    private Task<IReadOnlyList<GpuReading>>? _asked;
    private IReadOnlyList<GpuReading> _last = [];
    private long _heardAt;
    private volatile Fd? _process;

    /// <param name="variable">Value of an environment variable: where programs are, and what the program is given.</param>
    /// <param name="clock">Tells how old an answer is.</param>
    public GpuWatch(Func<string, string?> variable, TimeProvider clock)
    {
        var path = variable("PATH") ?? "";
        _program = path.Split(':').Where(Path.IsPathRooted).Select(directory => Path.Combine(directory, "nvidia-smi")).FirstOrDefault(FileAccess.MayRun);
        _environment = [$"PATH={path}", "LC_ALL=C"];
        _clock = clock;
    }

    /// <summary>What is known now; empty without nvidia-smi, or when it says nothing. Asks again for the next time, and waits for nothing.</summary>
    public IReadOnlyList<GpuReading> Look()
    {
        Take();
        _asked ??= _program is null ? null : Task.Run(Ask);
        return _clock.GetElapsedTime(_heardAt) <= Stale ? _last : [];
    }

    /// <summary>As <see cref="Look"/>, for one page: waits for an answer, but not for long.</summary>
    public async Task<IReadOnlyList<GpuReading>> LookOnceAsync(TimeSpan patience)
    {
        Look();
        if (_asked is { } asked)
        {
            await Task.WhenAny(asked, Task.Delay(patience, _clock));
            Take();
        }

        return _last;
    }

    /// <summary>Ends the program, if it still runs.</summary>
    public void Dispose()
    {
        if (_process is { } process)
        {
            _ = Pidfd.Send(process, Signal.Kill);
        }
    }

    private void Take()
    {
        if (_asked is { IsCompletedSuccessfully: true } answered)
        {
            _last = answered.Result;
            _heardAt = _clock.GetTimestamp();
            _asked = null;
        }
    }

    private IReadOnlyList<GpuReading> Ask()
    {
        try
        {
            var (reading, writing) = Pipe.Create();
            using (reading)
            {
                int pid;
                using (writing)
                {
                    using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
                    pid = ChildProcess.Spawn(new SpawnRequest
                    {
                        Path = _program!,
                        Arguments = ["nvidia-smi", .. GpuReading.Question],
                        Environment = _environment,
                        Descriptors = [(nothing, 0), (writing, 1), (nothing, 2)],
                    });
                }

                using var process = Pidfd.TryOpen(pid);
                _process = process;
                return process is null ? [] : GpuReading.Parse(Hear(process, reading));
            }
        }
        catch (LinuxException)
        {
            return [];
        }
        finally
        {
            _process = null;
        }
    }

    /// <summary>What it says until it ends; nothing when it takes too long or says too much.</summary>
    private static string Hear(Fd process, Fd output)
    {
        var bytes = new byte[MaxAnswer];
        var length = 0;
        var isOpen = true;
        var deadline = Environment.TickCount64 + PatienceMs;
        while (true)
        {
            PollEntry[] waits = [new(process.Number, PollEntry.In), new(isOpen ? output.Number : -1, PollEntry.In)];
            var isLate = Poller.Wait(waits, (int)Math.Max(0, deadline - Environment.TickCount64)) == 0;
            int count;
            while ((count = output.Read(bytes.AsSpan(length))) > 0)
            {
                length += count;
            }

            isOpen &= count < 0;
            if (isLate || length == bytes.Length)
            {
                _ = Pidfd.Send(process, Signal.Kill);
                Pidfd.Reap(process);
                return "";
            }

            if (waits[0].Happened != 0)
            {
                Pidfd.Reap(process);
                return Encoding.UTF8.GetString(bytes, 0, length);
            }
        }
    }
}

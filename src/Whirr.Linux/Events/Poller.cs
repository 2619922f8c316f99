using System.Runtime.InteropServices;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Events;

/// <summary>Waits for a few descriptors (poll(2)).</summary>
public static unsafe class Poller
{
    /// <summary>Waits until something is the case for one of <paramref name="entries"/>.</summary>
    /// <param name="entries">What to wait for; the answer is in <see cref="PollEntry.Happened"/>.</param>
    /// <param name="timeoutMs">Milliseconds of CLOCK_MONOTONIC, which stands still while the machine sleeps; negative: for ever.</param>
    /// <returns>How many have something; 0 when the time is over.</returns>
    public static int Wait(Span<PollEntry> entries, int timeoutMs)
    {
        var deadline = Environment.TickCount64 + timeoutMs;
        fixed (PollEntry* first = entries)
        {
            while (true)
            {
                var ready = Libc.Poll(first, (nuint)entries.Length, timeoutMs);
                if (ready >= 0)
                {
                    return ready;
                }

                // Signals that interrupt are the runtime's own, to stop threads for the collector.
                if (Marshal.GetLastPInvokeError() != Errno.Eintr)
                {
                    throw LinuxException.Last("poll");
                }

                timeoutMs = timeoutMs < 0 ? timeoutMs : (int)Math.Max(0, deadline - Environment.TickCount64);
            }
        }
    }
}

using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Processes;

/// <summary>What /proc/PID/stat says about a process (proc_pid_stat(5)).</summary>
/// <param name="Pid">Process id.</param>
/// <param name="State">R, S, D, T, Z, X and so on.</param>
/// <param name="ParentPid">Its parent.</param>
/// <param name="GroupId">Its process group.</param>
/// <param name="SessionId">Its session.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot. With the boot id and the pid this names a process for good.</param>
public readonly record struct ProcessStat(int Pid, char State, int ParentPid, int GroupId, int SessionId, long StartTicks)
{
    /// <summary>The kernel tells times in ticks of 10 ms on x86-64 and arm64, whatever its own clock (times(2), USER_HZ).</summary>
    private const long MicrosecondsPerTick = 10_000;

    /// <summary>True when it has ended and only waits for its parent to notice.</summary>
    public bool IsDead => State is 'Z' or 'X';

    /// <summary>User and system time of it and of the children it waited for, in microseconds.</summary>
    public long CpuMicroseconds { get; init; }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Reads it; null when there is no such process.</summary>
    public static ProcessStat? TryRead(int pid)
    {
        try
        {
            using var file = Fd.TryOpenAt(null, $"/proc/{pid}/stat", OpenFlags.ReadOnly);
            if (file is null)
            {
                return null;
            }

            Span<byte> buffer = stackalloc byte[1024];
            return TryParse(buffer[..file.Read(buffer)]);
        }
        catch (LinuxException e) when (e.Errno == Errno.Esrch)
        {
            return null;
        }
    }

    /// <summary>Reads the text of the file; null when it is not as expected.</summary>
    internal static ProcessStat? TryParse(ReadOnlySpan<byte> text)
    {
        // The command name stands in parentheses and may itself hold parentheses and spaces: the last ")" ends it.
        var name = text.IndexOf((byte)'(');
        var rest = text.LastIndexOf((byte)')');
        if (name < 2 || rest < name || !int.TryParse(text[..(name - 1)], out var pid))
        {
            return null;
        }

        var fields = Encoding.ASCII.GetString(text[(rest + 2)..]).Split(' ');
        return fields.Length > 19
            && int.TryParse(fields[1], out var parent)
            && int.TryParse(fields[2], out var group)
            && int.TryParse(fields[3], out var session)
            && long.TryParse(fields[19], out var ticks)
            ? new ProcessStat(pid, fields[0][0], parent, group, session, ticks)
            {
                CpuMicroseconds = MicrosecondsPerTick * (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])),
                ResidentBytes = fields.Length > 21 ? Environment.SystemPageSize * Number(fields[21]) : 0,
            }
            : null;
    }

    private static long Number(string field) => long.TryParse(field, out var number) ? number : 0;
}

namespace Whirr.Linux.Processes;

/// <summary>A child that has ended and was waited for.</summary>
/// <param name="Pid">Its process id, free to be used again from now on.</param>
/// <param name="Status">How it ended.</param>
/// <param name="MaxRssBytes">Largest resident set of it or of one of the descendants it waited for.</param>
/// <param name="CpuMicroseconds">User and system time of it and of the descendants it waited for.</param>
public readonly record struct ReapedChild(int Pid, WaitStatus Status, long MaxRssBytes, long CpuMicroseconds)
{
    /// <summary>What it and the descendants it waited for read from disks.</summary>
    public long ReadBytes { get; init; }

    /// <summary>What they wrote, to be written to disks by the kernel.</summary>
    public long WrittenBytes { get; init; }
}

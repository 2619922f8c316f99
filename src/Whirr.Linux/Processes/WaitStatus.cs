namespace Whirr.Linux.Processes;

/// <summary>How a process ended, as wait(2) encodes it.</summary>
public readonly record struct WaitStatus(int Raw)
{
    /// <summary>The signal that ended it; 0 when it exited.</summary>
    public int Signal => Raw & 0x7f;

    public bool CoreDumped => (Raw & 0x80) != 0 && Signal != 0;

    /// <summary>0..255, or 128 + signal as shells have it.</summary>
    public int ExitCode => Signal == 0 ? (Raw >> 8) & 0xff : 128 + Signal;
}

namespace Whirr.Linux.Processes;

/// <summary>Signals that are sent or waited for here (signal(7)).</summary>
public static class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Pipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>The highest number.</summary>
    public const int Max = 64;
}

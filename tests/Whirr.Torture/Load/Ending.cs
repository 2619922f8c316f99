using Whirr.Domain.Jobs;

namespace Whirr.Torture.Load;

/// <summary>How an attempt ends, in the words of its record.</summary>
internal readonly record struct Ending(EndReason Reason, int ExitCode = 0, int Signal = 0)
{
    public static readonly Ending Well = new(EndReason.None);

    public static Ending Exit(int code) => code == 0 ? Well : new(EndReason.ExitCode, code);

    public static Ending By(int signal) => new(EndReason.Signal, 128 + signal, signal);
}

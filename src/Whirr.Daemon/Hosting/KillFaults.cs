using System.Globalization;
using Whirr.Engine.Faults;
using Whirr.Linux.Processes;

namespace Whirr.Daemon.Hosting;

/// <summary>Kills the daemon as a power cut would, at a named place: for tests of what it leaves behind.</summary>
/// <remarks>Armed by <c>WHIRR_FAULT_POINT=AfterClaimBeforeSpawn</c>, or <c>...:3</c> for the third time that the place is reached.</remarks>
internal sealed class KillFaults : IFaults
{
    private readonly FaultPoint _armed;
    private int _remaining;

    private KillFaults(FaultPoint armed, int times)
    {
        _armed = armed;
        _remaining = times;
    }

    /// <exception cref="FormatException">The variable names no fault point.</exception>
    public static IFaults FromVariable(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return NoFaults.Instance;
        }

        var parts = text.Split(':');
        return Enum.TryParse<FaultPoint>(parts[0], out var point) && int.TryParse(parts.ElementAtOrDefault(1) ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            ? new KillFaults(point, times)
            : throw new FormatException($"WHIRR_FAULT_POINT: \"{text}\" is not one of {string.Join(", ", Enum.GetNames<FaultPoint>())}");
    }

    public void Reach(FaultPoint point)
    {
        if (point == _armed && Interlocked.Decrement(ref _remaining) == 0)
        {
            _ = ChildProcess.Send(Environment.ProcessId, Signal.Kill);
        }
    }
}

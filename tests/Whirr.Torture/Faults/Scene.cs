using Whirr.Torture.Checks;
using Whirr.Torture.Load;
using Whirr.Torture.Places;

namespace Whirr.Torture.Faults;

/// <summary>What faults happen to.</summary>
internal sealed record Scene(Workplace Place, DaemonUnderTest Daemon, Clock Clock, Disk Disk, Deeds Deeds, Findings Findings)
{
    /// <summary>Time goes by.</summary>
    public static Task PassAsync(Dice dice, int mostMs) => Task.Delay(TimeSpan.FromMilliseconds(dice.Number(0, mostMs)));
}

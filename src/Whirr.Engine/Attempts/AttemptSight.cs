using Whirr.Domain.Ports;

namespace Whirr.Engine.Attempts;

/// <summary>A sign of life of an attempt.</summary>
/// <param name="At">When it came.</param>
/// <param name="Timestamp">The same by the clock that nobody sets (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <param name="Sign">What its supervisor told; null when it only showed that it is there.</param>
public sealed record AttemptSight(DateTimeOffset At, long Timestamp, AttemptSign.Alive? Sign);

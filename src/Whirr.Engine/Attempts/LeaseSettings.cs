namespace Whirr.Engine.Attempts;

/// <summary>How often signs of life are asked for, and for how long a lease holds without one.</summary>
public sealed record LeaseSettings(TimeSpan Interval, TimeSpan Timeout)
{
    public static readonly LeaseSettings Default = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120));
}

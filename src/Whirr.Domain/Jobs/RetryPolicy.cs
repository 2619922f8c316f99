namespace Whirr.Domain.Jobs;

/// <summary>How often, for what causes and after what pauses a job that failed is run again.</summary>
/// <remarks>It is about failures of the job itself. Losses for which the machine is to blame have <see cref="OnLost"/> and their own bound,
/// <see cref="JobSettings.MaxAttempts"/>.</remarks>
public sealed record RetryPolicy
{
    public static readonly RetryPolicy Never = new();

    /// <summary>How often it is run again; 0: never.</summary>
    public int Retries { get; init; }

    /// <summary>For which causes.</summary>
    public RetryCauses On { get; init; } = RetryCauses.Default;

    /// <summary>Pause before the first retry; doubled for each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause before retry <paramref name="number"/>, from 1.</summary>
    public TimeSpan PauseBefore(int number)
    {
        var pause = FirstPause;
        for (var i = 1; i < number && pause < LongestPause; i++)
        {
            pause += pause;
        }

        return pause < LongestPause ? pause : LongestPause;
    }
}

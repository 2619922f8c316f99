namespace Whirr.Cli.Connection;

/// <summary>How long a call is tried again while the daemon restarts, and the growing pauses in between.</summary>
internal sealed class Patience(TimeProvider clock)
{
    /// <summary>A daemon that was there a moment ago has this long to come back.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>When the socket is missing but its directory is there, a restart may be between removing and making it.</summary>
    public static readonly TimeSpan LimitWithoutSocket = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private long? _since;
    private TimeSpan _pause = FirstPause;

    /// <summary>For how long nothing has worked.</summary>
    public TimeSpan Elapsed => _since is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Pauses before the next try. False, at once: it has lasted <paramref name="limit"/>.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        _since ??= clock.GetTimestamp();
        var left = limit - Elapsed;
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        await Task.Delay(_pause < left ? _pause : left, clock, cancellation);
        _pause = _pause + _pause < LongestPause ? _pause + _pause : LongestPause;
        return true;
    }

    /// <summary>Something worked: the next failure starts anew.</summary>
    public void Renew()
    {
        _since = null;
        _pause = FirstPause;
    }
}

using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Jobs;

namespace Whirr.Protocol.Mapping;

/// <summary>Limits, retries, watches and notices of a job between wire and domain.</summary>
public static class LimitsWire
{
    /// <exception cref="FormatException">A field cannot be read; the message names it.</exception>
    public static JobLimits ToDomain(this V1.JobLimits? wire) => wire is null ? JobLimits.None : new JobLimits
    {
        Time = wire.Time?.ToTimeSpan(),
        Warning = wire.WarnSignal == 0 ? null : new TimeWarning(Small(wire.WarnSignal), wire.WarnBefore?.ToTimeSpan() ?? TimeSpan.Zero),
        MemoryBytes = wire.MemoryBytes == 0 ? null : (long)Math.Min(wire.MemoryBytes, long.MaxValue),
        CpuMillis = wire.CpuMillis == 0 ? null : Small(wire.CpuMillis),
        Pids = wire.Pids == 0 ? null : Small(wire.Pids),
        Nice = wire.HasNice ? wire.Nice : null,
        Io = wire.Ionice.Length == 0 ? null : IoWords.Parse(wire.Ionice),
        PerProcess = [.. wire.Rlimits.Select(ToDomain)],
        LogBytes = wire.HasLogBytes ? (long)Math.Min(wire.LogBytes, long.MaxValue) : null,
    };

    public static V1.JobLimits ToWire(this JobLimits limits)
    {
        var wire = new V1.JobLimits
        {
            Time = limits.Time?.ToDuration(),
            WarnSignal = (uint)(limits.Warning?.Signal ?? 0),
            WarnBefore = limits.Warning?.Before.ToDuration(),
            MemoryBytes = (ulong)(limits.MemoryBytes ?? 0),
            CpuMillis = (uint)(limits.CpuMillis ?? 0),
            Pids = (uint)(limits.Pids ?? 0),
            Ionice = limits.Io is { } io ? IoWords.Format(io) : "",
        };
        if (limits.Nice is { } nice)
        {
            wire.Nice = nice;
        }

        if (limits.LogBytes is { } log)
        {
            wire.LogBytes = (ulong)log;
        }

        wire.Rlimits.AddRange(limits.PerProcess.Select(ToWire));
        return wire;
    }

    /// <exception cref="FormatException">As above.</exception>
    public static RetryPolicy ToDomain(this V1.RetryPolicy? wire)
    {
        if (wire is null)
        {
            return RetryPolicy.Never;
        }

        var causes = RetryCauses.Default;
        if (wire.RetryOn.Length > 0 && !RetryCauses.TryParse(wire.RetryOn, out causes, out var fault))
        {
            throw new FormatException($"retry_on: {fault}");
        }

        return new RetryPolicy
        {
            Retries = Small(wire.Retries),
            On = causes,
            FirstPause = wire.FirstPause?.ToTimeSpan() ?? RetryPolicy.Never.FirstPause,
            LongestPause = wire.LongestPause?.ToTimeSpan() ?? RetryPolicy.Never.LongestPause,
        };
    }

    public static V1.RetryPolicy ToWire(this RetryPolicy retry) => new()
    {
        Retries = (uint)retry.Retries,
        RetryOn = retry.On.ToString(),
        FirstPause = retry.FirstPause.ToDuration(),
        LongestPause = retry.LongestPause.ToDuration(),
    };

    /// <exception cref="FormatException">As above.</exception>
    public static JobWatch ToDomain(this V1.JobWatch? wire) => wire is null ? JobWatch.None : new JobWatch
    {
        StallAfter = wire.StallAfter?.ToTimeSpan(),
        OnStall = wire.OnStall switch
        {
            V1.OnStall.Unspecified or V1.OnStall.Notify => StallAction.Notify,
            V1.OnStall.Dump => StallAction.Dump,
            V1.OnStall.Kill => StallAction.Kill,
            V1.OnStall.Retry => StallAction.Retry,
            _ => throw new FormatException($"on_stall: {wire.OnStall} is not a choice of this daemon"),
        },
        StallSignal = Small(wire.StallSignal),
        FailOnNan = wire.FailOnNan,
    };

    public static V1.JobWatch ToWire(this JobWatch watch) => new()
    {
        StallAfter = watch.StallAfter?.ToDuration(),
        OnStall = watch.StallAfter is null ? V1.OnStall.Unspecified : (V1.OnStall)watch.OnStall,
        StallSignal = (uint)watch.StallSignal,
        FailOnNan = watch.FailOnNan,
    };

    /// <exception cref="FormatException">As above.</exception>
    public static NoticeSettings? ToDomain(this V1.NoticeSettings? wire)
    {
        if (wire is null)
        {
            return null;
        }

        try
        {
            return new NoticeSettings { Events = NoticeRules.ParseEvents(wire.Events), Targets = [.. wire.Targets] };
        }
        catch (FormatException e)
        {
            throw new FormatException($"notify: {e.Message}", e);
        }
    }

    public static V1.NoticeSettings? ToWire(this NoticeSettings? notices) => notices is null
        ? null
        : new V1.NoticeSettings { Events = NoticeRules.Format(notices.Events), Targets = { notices.Targets } };

    /// <summary>As <see cref="ToWire(NoticeSettings?)"/>, for everybody to see: of a URL, which may be all that is needed to write to somebody's
    /// channel, the host alone.</summary>
    public static V1.NoticeSettings? ToPublicWire(this NoticeSettings? notices) =>
        (notices is null ? null : notices with { Targets = [.. notices.Targets.Select(HideSecret)] }).ToWire();

    public static V1.Usage ToWire(this AttemptUsage usage) => new()
    {
        MaxRssBytes = usage.MaxRssBytes,
        PeakTreeBytes = usage.PeakTreeBytes,
        CpuTime = usage.CpuTime.ToDuration(),
        ReadBytes = usage.ReadBytes,
        WrittenBytes = usage.WrittenBytes,
    };

    public static V1.Attempt ToWire(this Attempt attempt)
    {
        var wire = new V1.Attempt
        {
            Number = (uint)attempt.Key.Number,
            Node = attempt.Node,
            ClaimedAt = attempt.ClaimedAt.ToTimestamp(),
            StartedAt = attempt.StartedAt?.ToTimestamp(),
            FinishedAt = attempt.FinishedAt?.ToTimestamp(),
            Signal = attempt.Signal,
            Reason = attempt.Reason.ToWord(),
            ReasonDetail = attempt.ReasonDetail ?? "",
            Usage = attempt.Usage.ToWire(),
        };
        if (attempt.ExitCode is { } code)
        {
            wire.ExitCode = code;
        }

        if (attempt.LogOffset is { } offset)
        {
            wire.LogOffset = offset;
        }

        return wire;
    }

    private static ProcessLimit ToDomain(V1.ProcessLimit wire) => new(
        LimitRules.Resources.TryGetValue(wire.Resource, out var number)
            ? number
            : throw new FormatException($"rlimit: there is no resource \"{wire.Resource}\"; there are {string.Join(", ", LimitRules.Resources.Keys)}"),
        wire.HasSoft ? wire.Soft : ulong.MaxValue,
        wire.HasHard ? wire.Hard : ulong.MaxValue);

    private static V1.ProcessLimit ToWire(ProcessLimit limit)
    {
        var wire = new V1.ProcessLimit { Resource = LimitRules.Resources.First(known => known.Value == limit.Resource).Key };
        if (limit.Soft != ulong.MaxValue)
        {
            wire.Soft = limit.Soft;
        }

        if (limit.Hard != ulong.MaxValue)
        {
            wire.Hard = limit.Hard;
        }

        return wire;
    }

    private static string HideSecret(string target) =>
        !target.StartsWith("mail", StringComparison.Ordinal) && Uri.TryCreate(target, UriKind.Absolute, out var url) ? $"{url.Scheme}://{url.Authority}/..." : target;

    // What is too large for a number is too large for its rule as well.
    private static int Small(uint number) => (int)Math.Min(number, int.MaxValue);
}

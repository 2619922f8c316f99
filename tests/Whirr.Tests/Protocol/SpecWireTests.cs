using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Jobs;
using Whirr.Protocol.Mapping;
using V1 = Whirr.Protocol.V1;

namespace Whirr.Tests.Protocol;

public sealed class SpecWireTests
{
    private static readonly SubmitDefaults Defaults = new(TimeSpan.FromSeconds(10), OnLost.Requeue, OnDaemonLoss.Keep, 3);

    [Fact]
    public void What_is_left_out_is_not_limited_retried_watched_or_told()
    {
        var settings = Spec().ToSettings(Defaults);

        Assert.Equal(JobLimits.None, settings.Limits);
        Assert.Equal(RetryPolicy.Never, settings.Retry);
        Assert.Equal(JobWatch.None, settings.Watch);
        Assert.Null(settings.Notices);
    }

    [Fact]
    public void Limits_survive_the_way_to_the_wire_and_back()
    {
        var limits = new JobLimits
        {
            Time = TimeSpan.FromHours(8),
            Warning = new TimeWarning(10, TimeSpan.FromMinutes(5)),
            MemoryBytes = 8L << 30,
            CpuMillis = 2500,
            Pids = 500,
            Nice = -5,
            Io = new IoPriority(IoClass.BestEffort, 6),
            LogBytes = 0,
            PerProcess = [new ProcessLimit(7, 1024, ulong.MaxValue), new ProcessLimit(4, 0, 0)],
        };

        var back = limits.ToWire().ToDomain();

        Assert.Equal(limits with { PerProcess = [] }, back with { PerProcess = [] });
        Assert.Equal(limits.PerProcess, back.PerProcess);
    }

    [Fact]
    public void Retries_watches_and_notices_survive_the_way_to_the_wire_and_back()
    {
        var retry = new RetryPolicy { Retries = 3, On = RetryCauses.Parse("exit:75,oom"), FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.FromHours(1) };
        var watch = new JobWatch { StallAfter = TimeSpan.FromMinutes(30), OnStall = StallAction.Dump, StallSignal = 3, FailOnNan = true };
        var notices = new NoticeSettings { Events = NoticeEvents.End | NoticeEvents.Stall, Targets = ["mail", "https://example.org/"] };

        Assert.Equal(retry, retry.ToWire().ToDomain());
        Assert.Equal(watch, watch.ToWire().ToDomain());
        var back = notices.ToWire().ToDomain();
        Assert.Equal(notices.Events, back?.Events);
        Assert.Equal(notices.Targets, back?.Targets);
    }

    [Fact]
    public void A_field_that_cannot_be_read_is_named()
    {
        Assert.StartsWith("retry_on: ", Fault(spec => spec.Retry = new V1.RetryPolicy { Retries = 1, RetryOn = "sometimes" }), StringComparison.Ordinal);
        Assert.StartsWith("ionice: ", Fault(spec => spec.Limits = new V1.JobLimits { Ionice = "realtime" }), StringComparison.Ordinal);
        Assert.StartsWith("rlimit: ", Fault(spec => spec.Limits = new V1.JobLimits { Rlimits = { new V1.ProcessLimit { Resource = "luck" } } }), StringComparison.Ordinal);
        Assert.StartsWith("notify: ", Fault(spec => spec.Notices = new V1.NoticeSettings { Events = "success" }), StringComparison.Ordinal);
        Assert.StartsWith("on_stall: ", Fault(spec => spec.Watch = new V1.JobWatch { OnStall = (V1.OnStall)99 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_beyond_every_limit_are_refused_by_the_rules_and_not_wrapped_around()
    {
        var spec = Spec();
        spec.Limits = new V1.JobLimits { Pids = uint.MaxValue, CpuMillis = uint.MaxValue, MemoryBytes = ulong.MaxValue };
        spec.Retry = new V1.RetryPolicy { Retries = uint.MaxValue };

        var settings = spec.ToSettings(Defaults);

        Assert.True(settings.Limits.MemoryBytes > 0);
        Assert.StartsWith("cpus: ", LimitRules.FindFault(settings.Limits), StringComparison.Ordinal);
        Assert.StartsWith("retries: ", JobRules.FindFault(settings with { Limits = JobLimits.None }, []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_duration_beyond_every_clock_is_refused_and_does_not_overflow()
    {
        var spec = Spec();
        spec.Limits = new V1.JobLimits { Time = new Duration { Seconds = 315_576_000_000 } };

        Assert.StartsWith("time_limit: ", LimitRules.FindFault(spec.ToSettings(Defaults).Limits), StringComparison.Ordinal);
    }

    private static string Fault(Action<V1.JobSpec> change)
    {
        var spec = Spec();
        change(spec);
        return Assert.Throws<FormatException>(() => spec.ToSettings(Defaults)).Message;
    }

    private static V1.JobSpec Spec() => new() { CommandArgv = { "/bin/true" }, Workdir = "/" };
}

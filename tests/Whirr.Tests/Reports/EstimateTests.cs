using Whirr.Domain.Jobs;
using Whirr.Engine.Reports;
using Whirr.Tests.Notices;

namespace Whirr.Tests.Reports;

public sealed class EstimateTests
{
    private static readonly DateTimeOffset Started = Samples.Morning.AddHours(-2);

    [Fact]
    public void A_job_that_nobody_knows_anything_about_gets_no_estimate() => Assert.Null(Of([], limit: null));

    [Fact]
    public void Earlier_runs_of_the_name_tell_when_it_ends() =>
        Assert.Equal(new Estimate(Started.AddHours(4), "like 3 earlier runs of this name"), Of([3, 4, 5], limit: null));

    [Fact]
    public void An_estimate_never_lies_in_the_past()
    {
        Assert.Equal(new Estimate(Started.AddHours(3), "like 3 earlier runs of this name"), Of([1, 1, 3], limit: null));
        Assert.Equal(new Estimate(null, "it runs for longer than all 2 earlier runs of this name"), Of([1, 1.5], limit: null));
        Assert.Equal(new Estimate(null, "it runs for longer than the one earlier run of this name"), Of([2], limit: null));
    }

    [Fact]
    public void A_time_limit_bounds_it()
    {
        Assert.Equal(new Estimate(Started.AddHours(3), "by its time limit"), Of([5], limit: 3));
        Assert.Equal(new Estimate(Started.AddHours(3), "by its time limit, at the latest"), Of([], limit: 3));
        Assert.Equal(new Estimate(Started.AddHours(3), "by its time limit, at the latest"), Of([1], limit: 3));
        Assert.Equal(new Estimate(Started.AddHours(4), "like one earlier run of this name"), Of([4], limit: 9));
    }

    [Fact]
    public void A_job_that_has_not_started_gets_none()
    {
        var starting = Samples.Job() with { Attempt = new Attempt { Key = new AttemptKey(7, 1, 1), Node = "gpu1", ClaimedAt = Started } };
        Assert.Null(Estimate.Of(starting, [TimeSpan.FromHours(1)], Samples.Morning));
    }

    private static Estimate? Of(double[] hours, double? limit)
    {
        var job = Samples.Job() with
        {
            State = JobState.Running,
            Attempt = new Attempt { Key = new AttemptKey(7, 1, 1), Node = "gpu1", ClaimedAt = Started, StartedAt = Started },
        };
        var limits = new JobLimits { Time = limit is { } time ? TimeSpan.FromHours(time) : null };
        return Estimate.Of(job with { Settings = job.Settings with { Limits = limits } }, [.. hours.Select(TimeSpan.FromHours)], Samples.Morning);
    }
}

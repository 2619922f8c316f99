using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class JobFileLimitsTests
{
    [Fact]
    public void A_json_line_sets_limits_as_the_options_do()
    {
        var job = Read(
            """
            {"command":"a","time":"8h","memory":"16G","cpus":2,"umask":"027","rlimit":{"nofile":4096,"core":"unlimited"},"log_limit":0,
            """.TrimEnd() + """
            "retries":2,"retry_on":["exit:75","oom"],"backoff":"1s","stall":"30m","on_stall":"kill","fail_on_nan":true,"notify":["end"],
            """.TrimEnd() + """
            "notify_to":["mail"]}
            """);
        Assert.Equal((28_800L, 16UL << 30, 2000u, 23u), (job.Limits.Time.Seconds, job.Limits.MemoryBytes, job.Limits.CpuMillis, job.Umask));
        Assert.Equal(["nofile", "core"], job.Limits.Rlimits.Select(limit => limit.Resource));
        Assert.True(job.Limits is { HasLogBytes: true, LogBytes: 0 });
        Assert.Equal((2u, "exit:75,oom", 1L), (job.Retry.Retries, job.Retry.RetryOn, job.Retry.LongestPause.Seconds));
        Assert.Equal((1800L, OnStall.Kill, true), (job.Watch.StallAfter.Seconds, job.Watch.OnStall, job.Watch.FailOnNan));
        Assert.Equal(("end", "mail"), (job.Notices.Events, Assert.Single(job.Notices.Targets)));
    }

    [Fact]
    public void A_line_changes_what_the_options_say_and_takes_it_back()
    {
        var options = new JobSpec
        {
            Workdir = "/tmp",
            Limits = new JobLimits { Time = new() { Seconds = 60 }, MemoryBytes = 1 << 30, Rlimits = { new ProcessLimit { Resource = "core" } } },
            Retry = new RetryPolicy { Retries = 3, RetryOn = "exit" },
            Watch = new JobWatch { StallAfter = new() { Seconds = 60 }, OnStall = OnStall.Kill },
        };
        var kept = Read("true", options);
        Assert.Equal(options.Limits, kept.Limits);
        var changed = Read("""{"command":"a","time":"none","rlimit":"nofile=5","retries":0,"stall":"none"}""", options);
        Assert.True(changed is { Limits.Time: null, Retry: null, Watch: null });
        Assert.Equal("nofile", Assert.Single(changed.Limits.Rlimits).Resource);
        Assert.Equal(1UL << 30, changed.Limits.MemoryBytes);
        Assert.Equal(60, options.Limits.Time.Seconds);
    }

    [Theory]
    [InlineData("""{"command":"a","memory":"lots"}""", "8GiB")]
    [InlineData("""{"command":"a","warn_signal":"USR1@5m"}""", "warn_signal")]
    [InlineData("""{"command":"a","fail_on_nan":"yes"}""", "true or false")]
    [InlineData("""{"command":"a","time":null}""", "must be")]
    [InlineData("""{"command":"a","rlimit":[{}]}""", "array of strings")]
    public void A_wrong_limit_names_its_line(string line, string part)
    {
        var failure = Assert.Throws<CommandFailure>(() => Read(line));
        Assert.StartsWith("list:1: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    private static JobSpec Read(string line, JobSpec? options = null)
    {
        var template = new JobRequest(options ?? new JobSpec { Workdir = "/tmp" }, []);
        var parser = new JobLineParser(template, new WorkingDirectories(), TimeProvider.System);
        return Assert.Single(JobFile.Read("list", new MemoryStream(Encoding.UTF8.GetBytes(line)), parser)).Spec;
    }
}

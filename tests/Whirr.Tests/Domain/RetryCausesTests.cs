using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class RetryCausesTests
{
    [Theory]
    [InlineData("exit", EndReason.ExitCode, 1, true)]
    [InlineData("exit", EndReason.ExitCode, 255, true)]
    [InlineData("exit:75", EndReason.ExitCode, 75, true)]
    [InlineData("exit:75", EndReason.ExitCode, 1, false)]
    [InlineData("exit:75:1", EndReason.ExitCode, 1, true)]
    [InlineData("exit:75", EndReason.Signal, 9, false)]
    [InlineData("signal", EndReason.Signal, 11, true)]
    [InlineData("signal:KILL", EndReason.Signal, 9, true)]
    [InlineData("signal:sigkill:11", EndReason.Signal, 11, true)]
    [InlineData("signal:KILL", EndReason.Signal, 11, false)]
    [InlineData("oom", EndReason.MemoryLimit, 0, true)]
    [InlineData("time", EndReason.TimeLimit, 0, true)]
    [InlineData("stalled", EndReason.Stalled, 0, true)]
    [InlineData("nan", EndReason.NanMetric, 0, true)]
    [InlineData("start", EndReason.StartFailed, 0, true)]
    [InlineData(" exit:75 , oom ", EndReason.MemoryLimit, 0, true)]
    [InlineData("exit,oom", EndReason.KeeperDied, 0, false)]
    [InlineData("exit,oom", EndReason.CancelledByUser, 0, false)]
    public void A_list_of_causes_includes_what_it_names_and_nothing_else(string text, EndReason reason, int number, bool included) =>
        Assert.Equal(included, RetryCauses.Parse(text).Include(reason, number));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("exit:0")]
    [InlineData("exit:256")]
    [InlineData("exit:-1")]
    [InlineData("exit:")]
    [InlineData("signal:65")]
    [InlineData("signal:NOSUCH")]
    [InlineData("oom:1")]
    [InlineData("lost")]
    [InlineData("EXIT")]
    public void What_is_no_list_of_causes_is_refused_with_words(string text)
    {
        Assert.False(RetryCauses.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
        Assert.Equal(fault, Assert.Throws<FormatException>(() => RetryCauses.Parse(text)).Message);
    }

    [Fact]
    public void A_list_is_read_back_as_it_is_written()
    {
        var causes = RetryCauses.Parse(" exit:75:1, signal:KILL ,oom");

        Assert.Equal("exit:75:1,signal:KILL,oom", causes.ToString());
        Assert.Equal(causes, RetryCauses.Parse(causes.ToString()));
    }

    [Fact]
    public void Without_a_list_failures_that_may_pass_are_retried()
    {
        Assert.True(RetryCauses.Default.Include(EndReason.ExitCode, 1));
        Assert.True(RetryCauses.Default.Include(EndReason.Signal, 9));
        Assert.True(RetryCauses.Default.Include(EndReason.MemoryLimit, 0));
        Assert.False(RetryCauses.Default.Include(EndReason.TimeLimit, 0));
        Assert.False(RetryCauses.Default.Include(EndReason.StartFailed, 0));
    }
}

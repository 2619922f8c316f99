using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;

namespace Whirr.Tests.Domain;

public sealed class RunVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, null, "here", false, JobState.Running)]
    [InlineData(true, 3600, "here", false, JobState.Running)]
    [InlineData(false, null, "here", false, JobState.Lost)]
    [InlineData(false, 0, "here", false, JobState.Lost)]
    [InlineData(false, 0, "HERE", false, JobState.Lost)]
    [InlineData(false, 0, "", false, JobState.Lost)]
    [InlineData(true, 3600, "there", false, JobState.Running)]
    [InlineData(false, 599, "there", false, JobState.Running)]
    [InlineData(false, 601, "there", false, JobState.Lost)]
    [InlineData(false, -3600, "there", false, JobState.Running)]
    [InlineData(false, null, "there", false, JobState.Lost)]
    [InlineData(false, null, "there", true, JobState.Running)]
    [InlineData(false, 601, "there", true, JobState.Lost)]
    public void A_run_lives_while_its_lock_is_held_or_another_machine_may_hold_it(bool isHeld, int? silentFor, string hostname, bool isJob, JobState expected)
    {
        var sign = new RunSign(isHeld, silentFor is { } seconds ? Now.AddSeconds(-seconds) : null);

        var verdict = RunVerdict.Decide(sign, hostname, isJob, "here", Now);

        Assert.Equal(expected, verdict.State);
        Assert.Equal(expected == JobState.Lost, verdict.Detail.Length > 0);
    }
}

using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class LimitRulesTests
{
    public static TheoryData<string, JobLimits> Refused => new()
    {
        { "time_limit", new JobLimits { Time = TimeSpan.Zero } },
        { "time_limit", new JobLimits { Time = TimeSpan.FromSeconds(-1) } },
        { "time_limit", new JobLimits { Time = TimeSpan.FromDays(4000) } },
        { "warn_signal", new JobLimits { Warning = new TimeWarning(10, TimeSpan.FromMinutes(1)) } },
        { "warn_signal", new JobLimits { Time = TimeSpan.FromMinutes(1), Warning = new TimeWarning(10, TimeSpan.FromMinutes(1)) } },
        { "warn_signal", new JobLimits { Time = TimeSpan.FromMinutes(1), Warning = new TimeWarning(10, TimeSpan.Zero) } },
        { "warn_signal", new JobLimits { Time = TimeSpan.FromMinutes(1), Warning = new TimeWarning(65, TimeSpan.FromSeconds(1)) } },
        { "memory", new JobLimits { MemoryBytes = 1000 } },
        { "memory", new JobLimits { MemoryBytes = -1 } },
        { "cpus", new JobLimits { CpuMillis = 9 } },
        { "pids", new JobLimits { Pids = 0 } },
        { "nice", new JobLimits { Nice = 20 } },
        { "nice", new JobLimits { Nice = -21 } },
        { "ionice", new JobLimits { Io = new IoPriority(IoClass.BestEffort, 8) } },
        { "ionice", new JobLimits { Io = new IoPriority((IoClass)1, 0) } },
        { "log_limit", new JobLimits { LogBytes = 1 } },
        { "rlimit", new JobLimits { PerProcess = [new ProcessLimit(99, 1, 1)] } },
        { "rlimit", new JobLimits { PerProcess = [new ProcessLimit(7, 2, 1)] } },
        { "rlimit", new JobLimits { PerProcess = [new ProcessLimit(7, 1, 1), new ProcessLimit(7, 2, 2)] } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_limit_that_cannot_be_is_named(string field, JobLimits limits) =>
        Assert.StartsWith($"{field}: ", LimitRules.FindFault(limits), StringComparison.Ordinal);

    [Fact]
    public void Limits_that_make_sense_are_accepted()
    {
        Assert.Null(LimitRules.FindFault(JobLimits.None));
        Assert.Null(LimitRules.FindFault(new JobLimits
        {
            Time = TimeSpan.FromHours(8),
            Warning = new TimeWarning(10, TimeSpan.FromMinutes(5)),
            MemoryBytes = 8L << 30,
            CpuMillis = 2500,
            Pids = 500,
            Nice = 10,
            Io = new IoPriority(IoClass.Idle, 0),
            LogBytes = 0,
            PerProcess = [new ProcessLimit(7, 1024, ulong.MaxValue)],
        }));
    }

    [Theory]
    [InlineData("idle", IoClass.Idle, 0, "idle")]
    [InlineData("best-effort", IoClass.BestEffort, 4, "best-effort:4")]
    [InlineData("best-effort:7", IoClass.BestEffort, 7, "best-effort:7")]
    public void An_io_priority_has_the_words_of_ionice(string text, IoClass expected, int level, string canonical)
    {
        Assert.Equal(new IoPriority(expected, level), IoWords.Parse(text));
        Assert.Equal(canonical, IoWords.Format(IoWords.Parse(text)));
    }

    [Theory]
    [InlineData("realtime")]
    [InlineData("best-effort:8")]
    [InlineData("idle:1")]
    [InlineData("")]
    public void Another_io_priority_is_refused(string text) => Assert.Throws<FormatException>(() => IoWords.Parse(text));

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("SIGUSR1", 10)]
    [InlineData("usr1", 10)]
    [InlineData("9", 9)]
    [InlineData("64", 64)]
    [InlineData("0", null)]
    [InlineData("65", null)]
    [InlineData("SIG", null)]
    [InlineData("", null)]
    [InlineData("NOSUCH", null)]
    public void A_signal_is_found_by_name_and_number(string text, int? number) => Assert.Equal(number, SignalNames.Find(text));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.25, "0.25s")]
    [InlineData(30, "30s")]
    [InlineData(90, "1m 30s")]
    [InlineData(93784, "1d 2h 3m 4s")]
    [InlineData(28800, "8h")]
    public void A_time_span_has_the_words_of_the_command_line(double seconds, string words) =>
        Assert.Equal(words, EndSentence.Words(TimeSpan.FromSeconds(seconds)));
}

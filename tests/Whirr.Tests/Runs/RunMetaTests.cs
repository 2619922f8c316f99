using System.Text;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Runs;

namespace Whirr.Tests.Runs;

/// <summary>meta.json has several writers; none may lose what another one wrote.</summary>
public sealed class RunMetaTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Members_that_whirr_does_not_know_stay_as_they_are_written()
    {
        var merged = Merge("""{"status":"running","summary":{"best":1.50e3},"z":[1, 2]}""", """{"status":"completed","new":true}""");

        Assert.Equal("completed", merged.GetProperty("status").GetString());
        Assert.Equal("1.50e3", merged.GetProperty("summary").GetProperty("best").GetRawText());
        Assert.Equal("[1, 2]", merged.GetProperty("z").GetRawText());
        Assert.True(merged.GetProperty("new").GetBoolean());
    }

    [Fact]
    public void A_null_in_a_patch_removes_a_member()
    {
        var merged = Merge("""{"exit_code":1,"name":"n"}""", """{"exit_code":null,"never":null}""");

        Assert.Equal(["name"], merged.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("{\"torn")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("\0\0\0\0")]
    public void A_damaged_file_is_told_from_a_missing_one(string content)
    {
        Assert.Null(RunMeta.Merge(Encoding.UTF8.GetBytes(content), "{}"u8));
        Assert.NotNull(RunMeta.Merge([], "{}"u8));
    }

    [Fact]
    public void The_start_of_an_attempt_takes_back_the_end_of_the_one_before()
    {
        var end = RunMeta.AtEnd(new RunEnd
        {
            Status = JobState.Failed,
            Reason = EndReason.Signal,
            ReasonDetail = "why",
            StartedAt = Start,
            EndedAt = Start.AddSeconds(1.5),
            ExitCode = 139,
            Signal = 11,
            Usage = new AttemptUsage(1024, TimeSpan.FromSeconds(0.25)),
        });
        var job = new Job
        {
            Id = 42,
            State = JobState.Starting,
            CreatedAt = Start,
            Owner = new JobOwner(1, 1, [], "ann"),
            Settings = new JobSettings
            {
                Uid = Guid.Empty,
                Name = "base\"line",
                Tags = ["t"],
                CommandArgv = ["python", "train.py"],
                Workdir = "/w",
                KillGracePeriod = TimeSpan.Zero,
                OnLost = OnLost.Stop,
                OnDaemonLoss = OnDaemonLoss.Keep,
                MaxAttempts = 2,
            },
            Attempt = new Attempt { Key = new AttemptKey(42, 2, 9), Node = "n", ClaimedAt = Start },
        };

        var ended = Merge("{}", Encoding.UTF8.GetString(end));
        var tagged = Merge(ended.GetRawText(), """{"tags":["t","added"]}""");
        var started = Merge(tagged.GetRawText(), Encoding.UTF8.GetString(RunMeta.AtStart(job, "host", Start)));

        Assert.Equal(
            """{"status":"failed","finished_at":"2026-01-31T10:00:01.500Z","started_at":"2026-01-31T10:00:00.000Z","duration_seconds":1.5,"exit_code":139,"signal":"SIGSEGV","reason":"signal","reason_detail":"why","usage":{"max_rss_bytes":1024,"cpu_seconds":0.25}}""",
            JsonSerializer.Serialize(ended));
        Assert.Equal(
            """{"status":"running","started_at":"2026-01-31T10:00:00.000Z","tags":["t","added"],"run_id":"job-42","name":"base\u0022line","config_file":"config.json","job_id":42,"job_uid":"00000000-0000-0000-0000-000000000000","attempt":2,"command_argv":["python","train.py"],"workdir":"/w","hostname":"host","user":"ann"}""",
            JsonSerializer.Serialize(started));
    }

    private static JsonElement Merge(string existing, string patch) =>
        JsonDocument.Parse(RunMeta.Merge(Encoding.UTF8.GetBytes(existing), Encoding.UTF8.GetBytes(patch))!).RootElement;
}

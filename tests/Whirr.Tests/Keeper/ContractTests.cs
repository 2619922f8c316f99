using System.Text;
using Whirr.KeeperContract;

namespace Whirr.Tests.Keeper;

/// <summary>Daemons and keepers of different versions understand each other: the texts here are what version 1 writes.</summary>
public sealed class ContractTests
{
    private const string ExitJson =
        """{"v":1,"job_id":7,"attempt":2,"lease_epoch":41,"ran":true,"exit_code":143,"signal":15,"core_dumped":false,"ended_by":"cancel","started_at":"2026-01-31T10:00:00.000Z","ended_at":"2026-01-31T10:00:01.250Z","max_rss_bytes":1048576,"cpu_us":1500,"warnings":["w"]}""";

    private static readonly ExitRecord Exit = new()
    {
        JobId = 7,
        Attempt = 2,
        LeaseEpoch = 41,
        Ran = true,
        ExitCode = 143,
        Signal = 15,
        Cause = ExitCause.Cancel,
        StartedAt = new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero),
        EndedAt = new DateTimeOffset(2026, 1, 31, 10, 0, 1, 250, TimeSpan.Zero),
        Use = new ResourceUse { MaxRssBytes = 1 << 20, CpuMicroseconds = 1500 },
        Warnings = ["w"],
    };

    [Fact]
    public void An_exit_record_is_written_as_version_1_has_it()
    {
        Assert.Equal(ExitJson, Encoding.UTF8.GetString(ExitRecordFormat.Encode(Exit)));
    }

    [Fact]
    public void An_exit_record_is_read_back()
    {
        var read = ExitRecordFormat.Decode(Encoding.UTF8.GetBytes(ExitJson));

        Assert.Equal(Exit with { Warnings = [] }, read with { Warnings = [] });
        Assert.Equal(["w"], read.Warnings);
    }

    [Fact]
    public void A_failed_start_is_read_back()
    {
        var record = Exit with { Ran = false, ExitCode = 0, Signal = 0, Cause = ExitCause.Itself, Stage = "exec", Errno = 2, Sentence = "no \"x\"\n", Warnings = [] };

        var read = ExitRecordFormat.Decode(ExitRecordFormat.Encode(record));

        Assert.Equal(record with { Warnings = read.Warnings }, read);
    }

    [Fact]
    public void What_a_newer_keeper_adds_is_passed_over()
    {
        var newer = ExitJson.Replace("{\"v\"", "{\"gpu\":{\"a\":[1,{\"b\":null}]},\"new\":null,\"list\":[[1],2],\"v\"", StringComparison.Ordinal);

        Assert.Equal(143, ExitRecordFormat.Decode(Encoding.UTF8.GetBytes(newer)).ExitCode);
    }

    [Fact]
    public void A_cause_of_a_newer_keeper_is_not_the_jobs_own_doing()
    {
        var newer = ExitJson.Replace("\"cancel\"", "\"time_limit\"", StringComparison.Ordinal);

        Assert.NotEqual(ExitCause.Itself, ExitRecordFormat.Decode(Encoding.UTF8.GetBytes(newer)).Cause);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"v\":1")]
    [InlineData("{\"v\":1}")]
    [InlineData("{\"job_id\":\"7\",\"ended_at\":\"2026-01-31T10:00:00Z\"}")]
    [InlineData("{\"job_id\":7,\"ended_at\":\"yesterday\"}")]
    public void What_is_no_exit_record_is_refused(string text)
    {
        Assert.Throws<KeeperContractException>(() => ExitRecordFormat.Decode(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Messages_are_written_as_version_1_has_them()
    {
        Assert.Equal("""{"v":1,"type":"cancel","grace_ms":10000}""", Body(new KeeperMessage.Cancel(10_000)));
        Assert.Equal("""{"v":1,"type":"forget"}""", Body(new KeeperMessage.Forget()));
        Assert.Equal(
            """{"v":1,"type":"started","pid":5,"run_dir":"/r","at":"2026-01-31T10:00:00.000Z"}""",
            Body(new KeeperMessage.Started(5, "/r", Exit.StartedAt!.Value)));
        Assert.Equal($$"""{"v":1,"type":"ended","record":{{ExitJson}}}""", Body(new KeeperMessage.Ended(Exit)));
        Assert.Equal("""{"v":1,"type":"alert","at":"2026-01-31T10:00:01.250Z","level":"warn","title":"t","text":"x"}""", Body(new KeeperMessage.Alerted(Alert)));
        Assert.Equal("""{"v":1,"type":"alert_heard","at":"2026-01-31T10:00:01.250Z"}""", Body(new KeeperMessage.AlertHeard(Alert.At)));
    }

    [Fact]
    public void Alerts_are_read_back_from_messages_and_from_an_exit_record()
    {
        Assert.Equal(new KeeperMessage.Alerted(Alert), KeeperMessageFormat.Decode(KeeperMessageFormat.Encode(new KeeperMessage.Alerted(Alert)).AsSpan(4)));
        Assert.Equal(new KeeperMessage.AlertHeard(Alert.At), KeeperMessageFormat.Decode(KeeperMessageFormat.Encode(new KeeperMessage.AlertHeard(Alert.At)).AsSpan(4)));
        var read = ExitRecordFormat.Decode(ExitRecordFormat.Encode(Exit with { Alerts = [Alert, Alert with { Text = "" }] }));
        Assert.Equal([Alert, Alert with { Text = "" }], read.Alerts);
        Assert.Equal(["w"], read.Warnings);
    }

    [Fact]
    public void An_exit_record_with_as_many_and_as_long_alerts_as_there_can_be_fits_into_a_frame()
    {
        var worst = Alert with { Title = new string('\uffff', 200), Text = new string('\u0001', 2_000) };
        var record = Exit with { Alerts = [.. Enumerable.Repeat(worst, JobAlert.MostUnheard)] };

        Assert.InRange(KeeperMessageFormat.Encode(new KeeperMessage.Ended(record)).Length, 500_000, KeeperProtocol.MaxFrameBytes - 100_000);
    }

    [Fact]
    public void Messages_come_out_of_a_stream_however_it_is_cut()
    {
        byte[] stream =
        [
            .. KeeperMessageFormat.Encode(new KeeperMessage.Started(5, new string('x', 3000), Exit.EndedAt)),
            .. KeeperMessageFormat.Encode(new KeeperMessage.Unknown("of_tomorrow")),
            .. KeeperMessageFormat.Encode(new KeeperMessage.Ended(Exit)),
        ];
        for (var piece = 1; piece < 700; piece += 37)
        {
            var buffer = new FrameBuffer();
            List<KeeperMessage> messages = [];
            for (var at = 0; at < stream.Length;)
            {
                var free = buffer.Free();
                var count = Math.Min(Math.Min(piece, free.Length), stream.Length - at);
                stream.AsSpan(at, count).CopyTo(free);
                buffer.Received(count);
                at += count;
                while (buffer.TryTake(out var message))
                {
                    messages.Add(message);
                }
            }

            Assert.Collection(
                messages,
                first => Assert.Equal(5, Assert.IsType<KeeperMessage.Started>(first).Pid),
                second => Assert.Equal("of_tomorrow", Assert.IsType<KeeperMessage.Unknown>(second).Type),
                third => Assert.Equal(143, Assert.IsType<KeeperMessage.Ended>(third).Record.ExitCode));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_frame_of_an_impossible_length_is_refused(int length)
    {
        var buffer = new FrameBuffer();
        BitConverter.TryWriteBytes(buffer.Free(), length);
        buffer.Received(4);

        Assert.Throws<KeeperContractException>(() => buffer.TryTake(out _));
    }

    [Fact]
    public void A_launch_spec_is_read_back_with_all_its_bytes()
    {
        var spec = Spec() with
        {
            RunAs = new RunIdentity(1000, 1001, [4, uint.MaxValue - 1]),
            EndOnDaemonLoss = true,
            CgroupRoot = "/c",
            Nice = -5,
            Limits = [new ResourceLimit(7, 1024, ulong.MaxValue)],
        };

        var read = LaunchSpecFormat.Decode(LaunchSpecFormat.Encode(spec));

        Assert.Equal(spec.Arguments.ToArray(), read.Arguments.ToArray());
        Assert.Equal(spec.Environment.ToArray(), read.Environment.ToArray());
        Assert.Equal(spec.Config.ToArray(), read.Config.ToArray());
        Assert.Equal(spec.Meta.ToArray(), read.Meta.ToArray());
        Assert.Equal(spec.RunAs.Groups, read.RunAs!.Groups);
        Assert.Equal(spec.Limits, read.Limits);
        Assert.Equal((1000U, 1001U, true, "/c", -5), (read.RunAs.Uid, read.RunAs.Gid, read.EndOnDaemonLoss, read.CgroupRoot, read.Nice));
        Assert.Equal((spec.JobId, spec.Attempt, spec.LeaseEpoch, spec.Workdir, spec.RunDir, spec.Umask, spec.PrivateRun, spec.KillGraceMilliseconds), (read.JobId, read.Attempt, read.LeaseEpoch, read.Workdir, read.RunDir, read.Umask, read.PrivateRun, read.KillGraceMilliseconds));
    }

    [Fact]
    public void A_launch_spec_that_is_cut_short_is_refused_wherever_it_is_cut()
    {
        var bytes = LaunchSpecFormat.Encode(Spec());

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<KeeperContractException>(() => LaunchSpecFormat.Decode(bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void A_launch_spec_of_a_version_that_cannot_be_kept_is_refused_in_words()
    {
        var text = Encoding.Latin1.GetString(LaunchSpecFormat.Encode(Spec())).Replace("\"v\":1", "\"v\":9", StringComparison.Ordinal);

        var error = Assert.Throws<KeeperContractException>(() => LaunchSpecFormat.Decode(Encoding.Latin1.GetBytes(text)));

        Assert.Contains("install the whirr-keeper that came with whirrd", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_are_written_as_version_1_has_them_and_read_back()
    {
        var facts = new KeeperFacts { BootId = "b", KeeperPid = 10, KeeperStartTicks = 100, CommandPid = 11, CommandStartTicks = 101, Cgroup = "/c" };

        Assert.Equal(
            """{"v":1,"boot_id":"b","keeper_pid":10,"keeper_start_ticks":100,"command_pid":11,"command_start_ticks":101,"cgroup":"/c"}""",
            Encoding.UTF8.GetString(facts.Encode()));
        Assert.Equal(facts, KeeperFacts.Decode(facts.Encode()));
        Assert.Throws<KeeperContractException>(() => KeeperFacts.Decode([]));
    }

    private static LaunchSpec Spec() => new()
    {
        JobId = 7,
        Attempt = 2,
        LeaseEpoch = 41,
        Workdir = "/w\n",
        RunDir = "/r/job-7",
        Umask = 18,
        PrivateRun = true,
        KillGraceMilliseconds = 10_000,
        Arguments = "a\0b\0"u8.ToArray(),
        Environment = new byte[] { (byte)'X', (byte)'=', 0xff, 0 },
        Config = "{}"u8.ToArray(),
        Meta = "{\"a\":1}"u8.ToArray(),
    };

    private static readonly JobAlert Alert = new(Exit.EndedAt, "warn", "t", "x");

    private static string Body(KeeperMessage message) => Encoding.UTF8.GetString(KeeperMessageFormat.Encode(message)[4..]);
}

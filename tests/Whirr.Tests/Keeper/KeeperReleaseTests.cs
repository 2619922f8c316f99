using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Whirr.KeeperContract;
using Whirr.Tests.Architecture;

namespace Whirr.Tests.Keeper;

/// <summary>What released keepers and daemons wrote is read today, and what is written today has all that they look for.</summary>
/// <remarks>The files in tests/fixtures/keeper-protocol were written by the code of the release in their directory's name, and are never
/// changed.</remarks>
public sealed class KeeperReleaseTests
{
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
        Warnings = ["something in the cgroup does not end"],
    };

    private static readonly ExitRecord NotStarted = Exit with
    {
        Ran = false,
        ExitCode = 0,
        Signal = 0,
        Cause = ExitCause.Itself,
        StartedAt = null,
        Stage = "exec",
        Errno = 2,
        Sentence = "cannot start \"trian.py\": no such file in PATH (/usr/bin:/bin)",
        Warnings = [],
    };

    private static readonly KeeperFacts Facts = new()
    {
        BootId = "3f1c8a52-9d6e-4a0b-8a53-0d0f6b1f2c11",
        KeeperPid = 10,
        KeeperStartTicks = 100,
        CommandPid = 11,
        CommandStartTicks = 101,
        Cgroup = "/sys/fs/cgroup/whirr/7-2",
    };

    public static TheoryData<string> Releases => [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path))];

    private static string Root => Path.Combine(RepositoryRoot.Path, "tests/fixtures/keeper-protocol");

    [Theory]
    [MemberData(nameof(Releases))]
    public void Exit_records_of_a_release_are_read(string release)
    {
        AssertSame(Exit, ExitRecordFormat.Decode(Read(release, "exit.json")));
        AssertSame(NotStarted, ExitRecordFormat.Decode(Read(release, "exit-not-started.json")));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Facts_of_a_release_are_read(string release)
    {
        Assert.Equal(Facts, KeeperFacts.Decode(Read(release, "keeper.json")));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Messages_of_a_release_are_read(string release)
    {
        var started = Assert.IsType<KeeperMessage.Started>(Take(release, "started.frame"));
        Assert.Equal((11, "/runs/job-7", Exit.StartedAt!.Value, null), (started.Pid, started.RunDir, started.At, started.LogOffset));
        AssertSame(Exit, Assert.IsType<KeeperMessage.Ended>(Take(release, "ended.frame")).Record);
        Assert.Equal(new KeeperMessage.Cancel(10_000), Take(release, "cancel.frame"));
        Assert.IsType<KeeperMessage.Forget>(Take(release, "forget.frame"));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_launch_spec_of_a_release_is_read_and_asks_for_nothing_new(string release)
    {
        var spec = LaunchSpecFormat.Decode(Read(release, "launch.spec"));

        Assert.Equal((7L, 2, 41L, "/home/ann/w", "/runs/job-7", 18, true), (spec.JobId, spec.Attempt, spec.LeaseEpoch, spec.Workdir, spec.RunDir, spec.Umask, spec.PrivateRun));
        Assert.Equal((10_000, true, "/sys/fs/cgroup/whirr", 5), (spec.KillGraceMilliseconds, spec.EndOnDaemonLoss, spec.CgroupRoot, spec.Nice));
        Assert.Equal((1000U, 1001U), (spec.RunAs!.Uid, spec.RunAs.Gid));
        Assert.Equal([4U, 27U], spec.RunAs.Groups);
        Assert.Equal([new ResourceLimit(7, 1024, ulong.MaxValue)], spec.Limits);
        Assert.Equal("python3\0train.py\0", Encoding.UTF8.GetString(spec.Arguments.Span));
        Assert.Equal("PATH=/usr/bin:/bin\0WHIRR_JOB_ID=7\0", Encoding.UTF8.GetString(spec.Environment.Span));
        Assert.Equal("{\"lr\":0.1}\n", Encoding.UTF8.GetString(spec.Config.Span));
        Assert.Equal("{\"status\":\"running\"}", Encoding.UTF8.GetString(spec.Meta.Span));
        Assert.Equal((null, 0, 0L, null, null, null), (spec.TimeLimitMilliseconds, spec.WarnSignal, spec.WarnBeforeMilliseconds, spec.MemoryBytes, spec.CpuMillis, spec.Pids));
        Assert.Equal((0L, 0L, 0L, 0, false, null, 0), (spec.LogLimitBytes, spec.SystemMilliseconds, spec.StallMilliseconds, spec.StallSignal, spec.FailOnNan, spec.UserNice, spec.IoPriority));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void What_is_written_today_has_everything_that_a_release_looks_for(string release)
    {
        var full = Exit with { LogOffset = 5, Detail = "d", Use = Exit.Use with { PeakTreeBytes = 1, ReadBytes = 2, WrittenBytes = 3 } };
        AssertHolds(Read(release, "exit.json"), ExitRecordFormat.Encode(full));
        AssertHolds(Read(release, "exit-not-started.json"), ExitRecordFormat.Encode(NotStarted with { LogOffset = 5, Detail = "d" }));
        AssertHolds(Read(release, "keeper.json"), Facts.Encode());
        AssertHolds(Body(release, "started.frame"), Body(new KeeperMessage.Started(11, "/runs/job-7", Exit.StartedAt!.Value, 5) { AnswersPing = true }));
        AssertHolds(Body(release, "ended.frame"), Body(new KeeperMessage.Ended(full)));
        AssertHolds(Body(release, "cancel.frame"), Body(new KeeperMessage.Cancel(10_000)));
        AssertHolds(Body(release, "forget.frame"), Body(new KeeperMessage.Forget()));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_launch_spec_of_today_has_everything_that_a_release_looks_for_and_its_blobs_in_their_order(string release)
    {
        var old = Read(release, "launch.spec");
        var today = LaunchSpecFormat.Encode(LaunchSpecFormat.Decode(old) with
        {
            TimeLimitMilliseconds = 1,
            MemoryBytes = 2,
            Pids = 3,
            LogLimitBytes = 4,
            UserLimits = [new ResourceLimit(1, 2, 3)],
            GpuProbe = "/usr/bin/nvidia-smi",
        });

        AssertHolds(Header(old).ToArray(), Header(today).ToArray());
        Assert.Equal(old[(4 + Header(old).Length)..], today[(4 + Header(today).Length)..]);
    }

    [Fact]
    public void A_record_that_was_cut_anywhere_is_refused_in_one_way()
    {
        foreach (var bytes in Records)
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.Throws<KeeperContractException>(() => ExitRecordFormat.Decode(bytes.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void A_record_with_any_flipped_byte_is_read_or_refused_in_one_way()
    {
        foreach (var original in Records)
        {
            for (var at = 0; at < original.Length; at++)
            {
                for (var value = 0; value < 256; value++)
                {
                    var bytes = (byte[])original.Clone();
                    bytes[at] = (byte)value;
                    DecodeOrRefuse(bytes);
                }
            }
        }
    }

    private static IReadOnlyList<byte[]> Records =>
    [
        ExitRecordFormat.Encode(Exit with { LogOffset = 5, Detail = "d\u00e4\ud83d\ude00", Use = Exit.Use with { PeakTreeBytes = 1, ReadBytes = 2, WrittenBytes = 3 } }),
        ExitRecordFormat.Encode(NotStarted),
    ];

    private static void DecodeOrRefuse(byte[] bytes)
    {
        try
        {
            _ = ExitRecordFormat.Decode(bytes);
        }
        catch (KeeperContractException)
        {
            return;
        }
    }

    /// <summary>Each member of <paramref name="old"/> is in <paramref name="today"/> too, with the same value.</summary>
    private static void AssertHolds(byte[] old, byte[] today)
    {
        using var before = JsonDocument.Parse(old);
        using var after = JsonDocument.Parse(today);
        AssertHolds(before.RootElement, after.RootElement);
    }

    private static void AssertHolds(JsonElement old, JsonElement today)
    {
        foreach (var member in old.EnumerateObject())
        {
            Assert.True(today.TryGetProperty(member.Name, out var value), $"{member.Name} is missing");
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                AssertHolds(member.Value, value);
            }
            else
            {
                Assert.Equal(member.Value.GetRawText(), value.GetRawText());
            }
        }
    }

    private static void AssertSame(ExitRecord expected, ExitRecord read)
    {
        Assert.Equal(expected.Warnings, read.Warnings);
        Assert.Equal(expected, read with { Warnings = expected.Warnings });
    }

    private static KeeperMessage Take(string release, string file)
    {
        var bytes = Read(release, file);
        var buffer = new FrameBuffer();
        bytes.CopyTo(buffer.Free());
        buffer.Received(bytes.Length);
        Assert.True(buffer.TryTake(out var message));
        return message;
    }

    private static byte[] Body(KeeperMessage message) => KeeperMessageFormat.Encode(message)[4..];

    private static byte[] Body(string release, string file) => Read(release, file)[4..];

    private static Span<byte> Header(byte[] spec) => spec.AsSpan(4, BinaryPrimitives.ReadInt32LittleEndian(spec));

    private static byte[] Read(string release, string file) => File.ReadAllBytes(Path.Combine(Root, release, file));
}

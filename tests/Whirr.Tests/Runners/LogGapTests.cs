using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Engine.Logs;
using Whirr.Engine.Queue;
using Whirr.Linux.Descriptors;
using Whirr.Runners.Process;

namespace Whirr.Tests.Runners;

/// <summary>Readers pass over what is left out of a log, and never send zeros in its place.</summary>
public sealed class LogGapTests : IDisposable
{
    private const int Block = 4096;
    private readonly string _runDir = Directory.CreateTempSubdirectory("whirr-").FullName;
    private readonly RunLogs _logs = new(systemMode: false);

    private string LogPath => $"{_runDir}/output.log";

    [Fact]
    public void A_read_within_a_gap_goes_on_behind_it()
    {
        Write(head: "head\n", tail: "tail\n");
        var reader = NewReader();

        var head = reader.Read(NewJob(JobState.Completed), 0, 1 << 20, 0);
        var tail = reader.Read(NewJob(JobState.Completed), 2 * Block, 1 << 20, 0);

        Assert.Equal(Block, head.Data.Length);
        Assert.Equal(10 * Block, head.NextOffset);
        Assert.False(head.Ended);
        Assert.Equal(10 * Block, tail.Offset);
        Assert.Equal(11 * Block, tail.NextOffset);
        Assert.True(tail.Ended);
    }

    [Fact]
    public void The_last_lines_are_counted_over_a_gap()
    {
        Write(head: "one\ntwo\n", tail: "three\nfour\n");

        var piece = NewReader().Read(NewJob(JobState.Running), 0, 1 << 20, 3);

        Assert.Equal("two\n", Encoding.UTF8.GetString(piece.Data.Span));
        Assert.Equal(10 * Block, piece.NextOffset);
    }

    [Fact]
    public void A_log_that_is_nothing_but_a_gap_is_empty_to_its_end()
    {
        using (var file = File.Create(LogPath))
        {
            file.SetLength(10 * Block);
        }

        var piece = NewReader().Read(NewJob(JobState.Completed), 0, 1 << 20, 5);

        Assert.True(piece.Data.IsEmpty);
        Assert.Equal(10 * Block, piece.NextOffset);
        Assert.True(piece.Ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reader_of_a_log_that_is_cut_while_it_reads_gets_no_zeros()
    {
        File.WriteAllText(LogPath, "");
        using var done = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAndPunch(done.Token), CancellationToken.None);
        using var log = _logs.Open(World.Owner(), _runDir)!;
        var buffer = new byte[64 << 10];
        long at = 0, gaps = 0, read = 0;
        while (gaps < 50 || read < 50 << 20)
        {
            var start = log.FindData(at);
            gaps += start > at ? 1 : 0;
            var count = log.Read(start, buffer);
            read += count;
            Assert.Equal(-1, buffer.AsSpan(0, count).IndexOf((byte)0));
            at = start + count;

            // Far behind again, where the holes are made.
            at = at > (32 << 20) ? at - (16 << 20) : at;
        }

        await done.CancelAsync();
        await writing;
    }

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_runDir, recursive: true);
    }

    /// <summary>Lines of 64 bytes at the end; everything but the last 16 MiB becomes a hole, in small pieces.</summary>
    private void WriteAndPunch(CancellationToken done)
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 63) + "\n", 4096)));
        using var log = Fd.Open(LogPath, OpenFlags.ReadWrite | OpenFlags.Append);
        for (long size = 0, hole = 0; !done.IsCancellationRequested && size < 8L << 30;)
        {
            log.WriteAll(lines);
            size += lines.Length;
            for (; hole < size - (16 << 20); hole += 16 * Block)
            {
                Assert.True(Holes.TryPunch(log, hole, 16 * Block));
            }
        }
    }

    private void Write(string head, string tail)
    {
        using var file = File.Create(LogPath);
        file.Write(Encoding.UTF8.GetBytes(head.PadLeft(Block)));
        file.Position = 10 * Block;
        file.Write(Encoding.UTF8.GetBytes(tail.PadLeft(Block)));
    }

    private LogReader NewReader() => new(null!, _logs, new JobChanges());

    private Job NewJob(JobState state) => new()
    {
        Id = 1,
        Owner = World.Owner(),
        State = state,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Settings = new JobSettings
        {
            Uid = Guid.Empty,
            Name = "test",
            CommandArgv = ["true"],
            Workdir = "/",
            KillGracePeriod = TimeSpan.Zero,
            OnLost = OnLost.Requeue,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = 3,
        },
        Attempt = new Attempt { Key = new AttemptKey(1, 1, 1), Node = "here", ClaimedAt = DateTimeOffset.UnixEpoch, RunDir = _runDir },
    };
}

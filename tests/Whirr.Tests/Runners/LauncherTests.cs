using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;

namespace Whirr.Tests.Runners;

/// <summary>Programs that are started by the anchor, a real one, in place of the daemon.</summary>
[Trait("needs", "programs")]
public sealed class LauncherTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly string _place = Directory.CreateTempSubdirectory("whirr-launcher-").FullName;
    private readonly int _anchor;

    public LauncherTests()
    {
        using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
        _anchor = ChildProcess.Spawn(new SpawnRequest
        {
            Path = Programs.Keeper,
            Arguments = ["whirr-keeper", "anchor", Socket],
            Descriptors = [(nothing, 0), (nothing, 1), (nothing, 2)],
        });
        while (true)
        {
            using var connection = UnixPackets.TryConnect(Socket);
            if (connection is not null)
            {
                return;
            }
        }
    }

    private string Socket => $"{_place}/socket";

    private RemoteStarter Starter => new(Socket);

    [Fact(Timeout = Limit)]
    public Task A_program_is_the_anchors_child_with_its_arguments_environment_and_descriptors() => Task.Run(() =>
    {
        var (reading, writing) = Pipe.Create();
        using var spec = SealedMemory.Create("spec", "from the daemon"u8);
        using var program = Start(Shell("", writing, (spec, 7)) with
        {
            // Opened anew, as the writing has left the position at the end.
            Arguments = ["sh", "-c", "read line < /proc/self/fd/7; echo $line $PPID $A \"$1\"; exit 7", "sh", "b\nc"],
            Environment = ["A=ä"],
        });
        writing.Dispose();

        Assert.Equal(7, EndOf(program)?.ExitCode);
        Assert.Equal($"from the daemon {_anchor} ä b\nc\n", Read(reading));
    });

    [Fact(Timeout = Limit)]
    public Task Death_by_a_signal_arrives_as_such() => Task.Run(() =>
    {
        using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
        using var program = Start(Shell("sleep 1000", nothing));
        program.Send(Signal.Kill);
        Assert.Equal(Signal.Kill, EndOf(program)?.Signal);
    });

    [Fact(Timeout = Limit)]
    public Task A_request_is_not_bounded_by_the_size_of_a_message() => Task.Run(() =>
    {
        using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
        string[] environment = [.. Enumerable.Range(0, 20).Select(i => $"V{i}={new string('x', 100_000)}")];
        using var program = Start(Shell("test ${#V19} = 100000", nothing) with { Environment = environment });
        Assert.Equal(0, EndOf(program)?.ExitCode);
    });

    [Fact(Timeout = Limit)]
    public Task What_cannot_be_started_is_told_with_its_error() => Task.Run(() =>
    {
        var refused = Assert.Throws<LinuxException>(() => Start(new SpawnRequest { Path = "/nowhere", Arguments = ["nowhere"] }));
        Assert.Equal(Errno.Enoent, refused.Errno);
        Assert.Contains("/nowhere", refused.Message, StringComparison.Ordinal);
    });

    [Fact(Timeout = Limit)]
    public Task Nonsense_does_not_end_it() => Task.Run(() =>
    {
        using (var silent = UnixPackets.TryConnect(Socket)!)
        using (var talker = UnixPackets.TryConnect(Socket)!)
        using (var words = SealedMemory.Create("words", "1\0\0\0/bin/true\0999999\0"u8))
        {
            UnixPackets.Send(talker, "start"u8, [words]);
            Span<PollEntry> wait = [new PollEntry(talker.Number, PollEntry.In)];
            Poller.Wait(wait, -1);
            var answer = new byte[256];
            var count = UnixPackets.Receive(talker, answer, out _);
            Assert.StartsWith($"no {Errno.Eproto} ", Encoding.UTF8.GetString(answer.AsSpan(0, count)), StringComparison.Ordinal);

            using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
            using var program = Start(Shell("exit 3", nothing));
            Assert.Equal(3, EndOf(program)?.ExitCode);
        }
    });

    [Fact(Timeout = Limit)]
    public Task A_request_whose_asker_has_gone_is_not_carried_out() => Task.Run(() =>
    {
        using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
        ChildProcess.Send(_anchor, Signal.Stop);
        var impatient = new RemoteStarter(Socket) { Patience = TimeSpan.FromMilliseconds(50) };
        var late = Assert.Throws<LinuxException>(() => impatient.Start(Shell($"touch {_place}/late", nothing)));
        Assert.Equal(Errno.Etimedout, late.Errno);
        ChildProcess.Send(_anchor, Signal.Continue);

        // Requests are answered in their order.
        using var program = Start(Shell($"touch {_place}/next", nothing));
        Assert.Equal(0, EndOf(program)?.ExitCode);
        Assert.Equal(["next", "socket"], Directory.EnumerateFileSystemEntries(_place).Select(Path.GetFileName).Order());
    });

    [Fact(Timeout = Limit)]
    public async Task Jobs_have_their_keepers_from_it()
    {
        await using var world = new World();
        world.Options = world.Options with { Starter = Starter };
        await world.RestartDaemonAsync();
        var job = world.NewJob("sh", "-c", "exit 5");
        var attempt = await world.StartAsync(job);
        Assert.Equal(5, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).ExitCode);
        Assert.StartsWith("whirr-keeper ", await world.Runner.DescribeSupervisorAsync(CancellationToken.None), StringComparison.Ordinal);
        Assert.Empty(world.Warnings);
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_cannot_be_started_while_there_is_no_launcher()
    {
        await using var world = new World();
        world.Options = world.Options with { Starter = new RemoteStarter($"{_place}/nowhere") };
        await world.RestartDaemonAsync();
        var refused = await Assert.ThrowsAsync<RunnerException>(() => world.StartAsync(world.NewJob("true")));
        Assert.Contains("is whirr-jobs.service running?", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        // In good order: it has all signals blocked, and takes this one from its queue.
        using (var anchor = Pidfd.TryOpen(_anchor)!)
        {
            ChildProcess.Send(_anchor, Signal.Terminate);
            Span<PollEntry> wait = [new PollEntry(anchor.Number, PollEntry.In)];
            Poller.Wait(wait, -1);
            Pidfd.Reap(anchor);
        }

        Directory.Delete(_place, recursive: true);
    }

    private StartedProgram Start(SpawnRequest request) => Starter.Start(request, isAwaited: true);

    private static SpawnRequest Shell(string script, Fd output, params (Fd, int)[] more) => new()
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", script],
        Descriptors = [(output, 0), (output, 1), (output, 2), .. more],
        NewSession = true,
    };

    private static WaitStatus? EndOf(StartedProgram program)
    {
        Span<PollEntry> wait = [new PollEntry(program.Process.Number, PollEntry.In)];
        Poller.Wait(wait, -1);
        return program.TakeEnd();
    }

    private static string Read(Fd reading)
    {
        using (reading)
        {
            var buffer = new byte[4096];
            return Encoding.UTF8.GetString(buffer, 0, Math.Max(0, reading.Read(buffer)));
        }
    }
}

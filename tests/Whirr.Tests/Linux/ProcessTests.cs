using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Linux;

/// <summary>Starting, knowing and ending processes.</summary>
public sealed class ProcessTests
{
    private const int Limit = 30_000;

    [Fact]
    public void Our_own_process_is_known_by_its_start()
    {
        var self = ProcessStat.TryRead(Environment.ProcessId)!.Value;

        Assert.Equal(Environment.ProcessId, self.Pid);
        Assert.False(self.IsDead);
        Assert.True(self.StartTicks > 0);
        Assert.Equal(self.StartTicks, ProcessStat.TryRead(Environment.ProcessId)!.Value.StartTicks);
        Assert.Contains(ProcessTable.Read(), process => process.Pid == self.Pid && process.StartTicks == self.StartTicks);
        Assert.True(Boot.Time() < TimeProvider.System.GetUtcNow());
        Assert.Matches("^[-0-9a-f]{36}$", Boot.Id);
    }

    [Fact]
    public void A_name_with_parentheses_and_spaces_does_not_confuse()
    {
        var text = "7 (a) S 1 (b) R 3 4 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0"u8;

        Assert.Equal(new ProcessStat(7, 'R', 3, 4, 5, 99), ProcessStat.TryParse(text));
        Assert.Null(ProcessStat.TryParse("7 (torn"u8));
        Assert.Null(ProcessStat.TryParse(""u8));
    }

    [Fact]
    public void A_process_that_is_not_there_is_null()
    {
        Assert.Null(ProcessStat.TryRead(int.MaxValue));
        Assert.Null(Pidfd.TryOpen(int.MaxValue));
    }

    [Fact(Timeout = Limit)]
    public async Task A_number_that_is_used_again_is_not_the_same_process()
    {
        var pid = Sleeper();
        var ticks = ProcessStat.TryRead(pid)!.Value.StartTicks;

        Assert.Null(Pidfd.TryOpen(pid, ticks + 1));
        using var process = Pidfd.TryOpen(pid, ticks)!;
        Assert.Equal(0, Pidfd.Send(process, Signal.Kill));
        Assert.Equal(Signal.Kill, (await EndAsync(pid)).Status.Signal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_child_gets_the_descriptors_it_was_given_under_their_numbers()
    {
        // Crosswise, so that one must not overwrite the source of the other.
        var (reading, writing) = Pipe.Create();
        using var first = SealedMemory.Create("first", "1"u8);
        using var second = SealedMemory.Create("second", "2"u8);
        var pid = ChildProcess.Spawn(new SpawnRequest
        {
            Path = "/bin/sh",
            Arguments = ["sh", "-c", $"cat /proc/self/fd/{first.Number} /proc/self/fd/{second.Number}; echo $A"],
            Environment = ["A=b c"],
            Descriptors = [(writing, 1), (first, second.Number), (second, first.Number)],
        });
        writing.Dispose();
        Assert.Equal(0, (await EndAsync(pid)).Status.ExitCode);

        var buffer = new byte[64];
        Assert.Equal("21b c\n", Encoding.UTF8.GetString(buffer, 0, reading.Read(buffer)));
        reading.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_child_gets_no_descriptor_that_it_was_not_given()
    {
        // As one that this process was started with: it would survive exec.
        const int Stray = 300;
        using var stray = new Fd(Stray);
        using (var nothing = Fd.Open("/dev/null", OpenFlags.ReadOnly))
        {
            CurrentProcess.Redirect(nothing, Stray);
        }

        var pid = ChildProcess.Spawn(new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", $"test ! -e /proc/self/fd/{Stray}"] });

        Assert.Equal(0, (await EndAsync(pid)).Status.ExitCode);
    }

    [Fact]
    public void A_program_that_is_missing_is_an_error_with_its_number()
    {
        var error = Assert.Throws<LinuxException>(() => ChildProcess.Spawn(new SpawnRequest { Path = "/no/program", Arguments = ["x"] }));

        Assert.Equal(Errno.Enoent, error.Errno);
        Assert.Contains("/no/program", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_hunt_finds_by_session_and_by_environment_and_spares_others()
    {
        var mark = Encoding.UTF8.GetBytes($"HUNTED={Guid.NewGuid()}\0");
        var inSession = Sleeper();
        var marked = Sleeper(Encoding.UTF8.GetString(mark[..^1]));
        var similar = Sleeper("X" + Encoding.UTF8.GetString(mark[..^1]), Encoding.UTF8.GetString(mark[..^1]) + "9");
        var hunt = new ProcessHunt { SessionId = inSession, StartTicks = ProcessStat.TryRead(inSession)!.Value.StartTicks, Marks = [mark] };
        var byMark = new ProcessHunt { Marks = [mark] };

        Assert.Equal([marked], byMark.FindMembers().Select(member => member.Pid));
        Assert.Contains(hunt.FindMembers(), member => member.Pid == inSession);
        Assert.DoesNotContain(new ProcessHunt { SessionId = inSession, StartTicks = hunt.StartTicks - 1 }.FindMembers(), member => member.Pid == inSession);
        var ends = Task.WhenAll(EndAsync(marked), EndAsync(inSession));
        Assert.Equal(0, await Task.Run(hunt.Run));
        Assert.All(await ends, end => Assert.Equal(Signal.Kill, end.Status.Signal));
        Assert.False(ProcessStat.TryRead(similar)!.Value.IsDead);
        ChildProcess.Send(similar, Signal.Kill);
        await EndAsync(similar);
    }

    [Fact(Timeout = Limit)]
    public async Task A_hunt_finds_who_is_started_while_it_looks()
    {
        var random = new Random(20261124);
        var programs = new[] { "sleep 1000 &", "(exec env sleep 1000) &", "(sh -c 'sh -c \"sleep 1000 &\" &' &)" };
        List<string> left = [];
        for (var round = 0; round < 90; round++)
        {
            var mark = $"HUNTED={Guid.NewGuid()}";
            var hunt = new ProcessHunt { Marks = [Encoding.UTF8.GetBytes($"{mark}\0")] };
            var program = programs[round % programs.Length];
            var root = ChildProcess.Spawn(new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", program], Environment = [mark, "PATH=/usr/bin:/bin"], NewSession = true });
            Thread.SpinWait(random.Next(0, 20_000));

            await Task.Run(hunt.Run);

            await EndAsync(root);
            if (hunt.FindMembers().Count > 0)
            {
                left.Add($"{round}: {program}");
                hunt.Run();
            }
        }

        Assert.Empty(left);
    }

    private static int Sleeper(params string[] environment) => ChildProcess.Spawn(new SpawnRequest
    {
        Path = "/bin/sleep",
        Arguments = ["sleep", "1000"],
        Environment = environment,
        NewSession = true,
    });

    private static Task<ReapedChild> EndAsync(int pid)
    {
        var process = Pidfd.TryOpen(pid)!;
        return Task.Run(() =>
        {
            using (process)
            {
                Poller.Wait([new PollEntry(process.Number, PollEntry.In)], Limit);
                Assert.True(ChildProcess.TryReap(pid, out var ended, out _));
                return ended;
            }
        });
    }
}

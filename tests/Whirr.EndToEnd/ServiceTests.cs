using System.Net.Sockets;
using System.Text;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What a service manager sees of whirrd: the real messages on a real socket, as systemd has it.</summary>
public sealed class ServiceTests
{
    private const int Sighup = 1;
    private const int Sigterm = 15;

    [Fact(Timeout = 60_000)]
    public async Task The_manager_hears_ready_the_state_of_the_queue_the_watchdog_reloading_and_stopping()
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "1");
        using var manager = new Manager(Path.Combine(daemon.Place, "notify"));
        await daemon.StartAgainAsync(("NOTIFY_SOCKET", manager.Path), ("WATCHDOG_USEC", "200000"));
        await manager.HearsAsync(message => message.Contains("READY=1", StringComparison.Ordinal) && message.Contains("STATUS=0 running, 0 queued", StringComparison.Ordinal));
        await manager.HearsAsync(message => message == "WATCHDOG=1");

        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        await daemon.SubmitScriptAsync($"cat {gate}");
        await daemon.SubmitScriptAsync("true");
        await manager.HearsAsync(message => message.Contains("STATUS=1 running, 1 queued", StringComparison.Ordinal));

        Signals.Send(daemon.Pid, Sighup);
        await manager.HearsAsync(message => message.Contains("RELOADING=1\nMONOTONIC_USEC=", StringComparison.Ordinal));
        await manager.HearsAsync(message => message.Contains("READY=1", StringComparison.Ordinal));

        await File.WriteAllTextAsync(gate, "go\n");
        Assert.Equal(0, (await daemon.CtlAsync("wait", "1", "2")).ExitCode);
        Signals.Send(daemon.Pid, Sigterm);
        await manager.HearsAsync(message => message.Contains("STOPPING=1", StringComparison.Ordinal));
        await daemon.EndedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_follower_does_not_hold_up_the_end_of_the_daemon()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("echo up; exec sleep 1000");
        using var follow = Command.Start(Programs.Whirrctl, ["logs", $"{id}", "-f"], new Dictionary<string, string?> { ["WHIRR_SOCKET"] = daemon.Socket });
        Assert.Equal("up", await follow.StandardOutput.ReadLineAsync());
        var wait = daemon.CtlAsync("wait", $"{id}");

        var stopped = daemon.StopAsync();
        Assert.Same(stopped, await Task.WhenAny(stopped, Task.Delay(TimeSpan.FromSeconds(4))));
        await daemon.StartAgainAsync();
        await daemon.CtlAsync("cancel", $"{id}");
        Assert.Equal(125, (await wait).ExitCode);
        await follow.WaitForExitAsync();
    }

    /// <summary>The end of the notification socket that systemd holds.</summary>
    private sealed class Manager : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        public Manager(string path)
        {
            Path = path;
            _socket.Bind(new UnixDomainSocketEndPoint(path));
        }

        public string Path { get; }

        /// <summary>Reads messages until one is as expected.</summary>
        public async Task HearsAsync(Predicate<string> expected)
        {
            var heard = new List<string>();
            var buffer = new byte[4096];
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                do
                {
                    heard.Add(Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, limit.Token)));
                }
                while (!expected(heard[^1]));
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"only heard: {string.Join(" | ", heard.TakeLast(20))}");
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}

using System.Net.Sockets;
using System.Text;
using Whirr.Linux.Systemd;

namespace Whirr.Tests.Systemd;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("@")]
    public void States_arrive_at_the_socket_of_the_manager(string kind)
    {
        using var manager = new Manager(abstractName: kind == "@");
        using var notifier = ServiceNotifier.FromEnvironment(name => name == "NOTIFY_SOCKET" ? manager.Address : null, pid: 1);
        notifier.Ready("3 running, 12 queued\nREADY=0");
        Assert.Equal("READY=1\nSTATUS=3 running, 12 queued READY=0", manager.Receive());
        notifier.Alive();
        Assert.Equal("WATCHDOG=1", manager.Receive());
        notifier.Stopping("bye");
        Assert.Equal("STOPPING=1\nSTATUS=bye", manager.Receive());
        notifier.Reloading(TimeSpan.FromMilliseconds(1.5));
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=1500", manager.Receive());
    }

    [Fact]
    public void Without_a_manager_nothing_is_sent_and_nothing_fails()
    {
        using var none = ServiceNotifier.FromEnvironment(_ => null, pid: 1);
        using var gone = ServiceNotifier.FromEnvironment(name => name == "NOTIFY_SOCKET" ? "/nowhere/notify" : null, pid: 1);
        none.Ready("up");
        gone.Ready("up");
        Assert.False(none.IsActive || gone.IsActive);
    }

    [Fact]
    public void A_manager_that_goes_away_does_not_hurt_the_service()
    {
        var manager = new Manager(abstractName: false);
        using var notifier = ServiceNotifier.FromEnvironment(name => name == "NOTIFY_SOCKET" ? manager.Address : null, pid: 1);
        manager.Dispose();
        notifier.Alive();
        Assert.True(notifier.IsActive);
    }

    [Theory]
    [InlineData("60000000", null, 60.0)]
    [InlineData("60000000", "42", 60.0)]
    [InlineData("60000000", "43", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_that_of_this_process(string? microseconds, string? pid, double? seconds)
    {
        using var manager = new Manager(abstractName: true);
        var variables = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = manager.Address, ["WATCHDOG_USEC"] = microseconds, ["WATCHDOG_PID"] = pid };
        using var notifier = ServiceNotifier.FromEnvironment(variables.GetValueOrDefault, pid: 42);
        Assert.Equal(seconds, notifier.WatchdogInterval?.TotalSeconds);
    }

    /// <summary>The receiving end, as systemd has it.</summary>
    private sealed class Manager : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        private readonly string? _path;

        public Manager(bool abstractName)
        {
            var name = $"whirr-notify-{Guid.NewGuid():N}";
            _path = abstractName ? null : Path.Combine(Path.GetTempPath(), name);
            Address = _path ?? "@" + name;
            _socket.Bind(new UnixDomainSocketEndPoint(_path ?? "\0" + name));
            _socket.ReceiveTimeout = 5000;
        }

        public string Address { get; }

        public string Receive()
        {
            var buffer = new byte[4096];
            return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
        }

        public void Dispose()
        {
            _socket.Dispose();
            if (_path is not null)
            {
                File.Delete(_path);
            }
        }
    }
}

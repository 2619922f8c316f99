using System.Net;
using System.Net.Sockets;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;
using Whirr.Linux.Systemd;

namespace Whirr.Tests.Systemd;

public sealed class ActivationSocketTests : IDisposable
{
    private const int Pid = 4711;
    private const int NoDescriptor = -1;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"whirr-passed-{Guid.NewGuid():N}");

    [Fact]
    public void A_listening_socket_is_known_by_itself_with_path_and_name()
    {
        using var socket = Bound();
        socket.Listen(1);
        var descriptor = Duplicate(socket);
        var passed = Take(descriptor, $"{Pid}", "1", "whirrd.socket")!;

        Assert.True(passed.IsListeningStream);
        Assert.Equal(_path, passed.Path);
        Assert.Equal("whirrd.socket", passed.Name);
    }

    [Fact]
    public void It_is_not_passed_on_to_programs()
    {
        using var socket = Bound();
        var descriptor = Duplicate(socket);
        Assert.False(IsClosedOnExec(descriptor));

        Take(descriptor, $"{Pid}", "1");
        Assert.True(IsClosedOnExec(descriptor));
    }

    [Fact]
    public void What_does_not_listen_or_is_no_Unix_stream_is_told_apart()
    {
        using var silent = Bound();
        Assert.False(Take(Duplicate(silent), $"{Pid}", "1")!.IsListeningStream);

        using var network = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        network.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        network.Listen(1);
        var passed = Take(Duplicate(network), $"{Pid}", "1")!;
        Assert.False(passed.IsListeningStream);
        Assert.Null(passed.Path);

        using var file = Fd.Open("/dev/null", OpenFlags.ReadOnly);
        Assert.False(Take(Duplicate(file.Number), $"{Pid}", "1")!.IsListeningStream);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("4711", null)]
    [InlineData("4711", "0")]
    [InlineData("4712", "1")]
    public void What_is_not_for_this_process_is_left_alone(string? pid, string? count)
    {
        Assert.Null(Take(NoDescriptor, pid, count));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("one")]
    public void More_than_one_socket_is_refused(string count)
    {
        Assert.Contains("whirrd listens on one", Assert.Throws<IOException>(() => Take(NoDescriptor, $"{Pid}", count)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);

    private static ActivationSocket? Take(int descriptor, string? pid, string? count, string? name = null) => ActivationSocket.Take(
        variable => variable switch
        {
            "LISTEN_PID" => pid,
            "LISTEN_FDS" => count,
            "LISTEN_FDNAMES" => name,
            _ => null,
        },
        Pid,
        descriptor);

    private static bool IsClosedOnExec(int descriptor)
    {
        const int CloseOnExec = 0x80000;
        var flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[1];
        return (Convert.ToInt32(flags, 8) & CloseOnExec) != 0;
    }

    private Socket Bound()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        return socket;
    }

    /// <summary>A descriptor that is passed on, as those of systemd are.</summary>
    private static int Duplicate(Socket socket) => Duplicate((int)socket.Handle);

    private static int Duplicate(int descriptor)
    {
        const int DuplicateAbove = 0;
        const int Lowest = 100;
        return Libc.FCntl(descriptor, DuplicateAbove, Lowest);
    }
}

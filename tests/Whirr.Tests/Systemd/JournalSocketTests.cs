using System.Net.Sockets;
using System.Text;
using Whirr.Linux.Systemd;

namespace Whirr.Tests.Systemd;

public sealed class JournalSocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"whirr-journal-{Guid.NewGuid():N}");
    private readonly Socket _journald = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public JournalSocketTests()
    {
        _journald.Bind(new UnixDomainSocketEndPoint(_path));
        _journald.ReceiveTimeout = 5000;
    }

    [Fact]
    public void Fields_are_lines_and_values_with_newlines_have_a_length()
    {
        using var journal = JournalSocket.TryConnect(_path)!;
        journal.Send([new("MESSAGE", "héllo"), new("WHIRR_JOB_ID", "42"), new("TRACE", "a\nb")]);
        var buffer = new byte[4096];
        var received = buffer[.._journald.Receive(buffer)];
        byte[] expected = [.. Encoding.UTF8.GetBytes("MESSAGE=héllo\nWHIRR_JOB_ID=42\nTRACE\n"), 3, 0, 0, 0, 0, 0, 0, 0, .. "a\nb\n"u8];
        Assert.Equal(expected, received);
    }

    [Fact]
    public void An_entry_too_large_for_a_datagram_goes_as_a_file_and_no_bytes()
    {
        using var journal = JournalSocket.TryConnect(_path)!;
        journal.Send([new("MESSAGE", new string('x', 4 * 1024 * 1024))]);
        Assert.Equal(0, _journald.Receive(new byte[16]));
    }

    [Fact]
    public void Where_there_is_no_journal_there_is_no_socket()
    {
        Assert.Null(JournalSocket.TryConnect(_path + ".nowhere"));
    }

    public void Dispose()
    {
        _journald.Dispose();
        File.Delete(_path);
    }
}

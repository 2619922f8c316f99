using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Systemd;

/// <summary>Writes entries with fields of their own to the systemd journal (native protocol, systemd.journal-fields(7)).</summary>
public sealed class JournalSocket : IDisposable
{
    private const string Path = "/run/systemd/journal/socket";

    private readonly Socket _socket;

    private JournalSocket(Socket socket) => _socket = socket;

    /// <summary>Connects to the journal; null where there is none.</summary>
    /// <param name="path">Its socket, for tests.</param>
    public static JournalSocket? TryConnect(string path = Path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new JournalSocket(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>True when the standard error of this process goes to the journal already (JOURNAL_STREAM, systemd.exec(5)).</summary>
    public static bool IsStandardError(string? journalStream) => !string.IsNullOrEmpty(journalStream);

    /// <summary>Writes one entry. Field names are upper-case letters, digits and underscores.</summary>
    /// <exception cref="SocketException">The journal does not take it.</exception>
    public void Send(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var entry = Encode(fields);
        try
        {
            _socket.Send(entry);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.MessageSize or SocketError.NoBufferSpaceAvailable)
        {
            SendAsFile(entry);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The entry in the native protocol: <c>NAME=value</c> lines, or name, length and raw value where the value has newlines.</summary>
    internal static byte[] Encode(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var entry = new MemoryStream();
        Span<byte> length = stackalloc byte[8];
        foreach (var (name, value) in fields)
        {
            entry.Write(Encoding.ASCII.GetBytes(name));
            var bytes = Encoding.UTF8.GetBytes(value);
            if (bytes.AsSpan().Contains((byte)'\n'))
            {
                entry.WriteByte((byte)'\n');
                BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)bytes.Length);
                entry.Write(length);
            }
            else
            {
                entry.WriteByte((byte)'=');
            }

            entry.Write(bytes);
            entry.WriteByte((byte)'\n');
        }

        return entry.ToArray();
    }

    /// <summary>An entry that is too large for a datagram goes as a sealed memory file whose descriptor is passed.</summary>
    private unsafe void SendAsFile(byte[] entry)
    {
        using var file = SealedMemory.Create("whirr-journal", entry);
        var control = stackalloc byte[24];
        *(nint*)control = 20;
        *(int*)(control + 8) = Libc.SolSocket;
        *(int*)(control + 12) = Libc.ScmRights;
        *(int*)(control + 16) = file.Number;
        var message = new Libc.MessageHeader { Control = control, ControlLength = 24 };
        if (Libc.SendMessage((int)_socket.Handle, &message, 0) < 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }
}

using System.Net.Sockets;
using Whirr.Linux.Descriptors;

namespace Whirr.Daemon.Hosting;

/// <summary>The Unix socket that clients connect to.</summary>
/// <remarks>
/// It is bound beside its place, given its mode and then renamed there: whoever sees the path can connect to it, and a socket that an
/// earlier daemon left is replaced in one step. Only a dead socket is replaced, and only the own one is removed at the end.
/// </remarks>
internal sealed class ListeningSocket : IDisposable
{
    /// <summary>Connections that may wait to be accepted: many clients may come at once, after a restart above all.</summary>
    public const int Backlog = 4096;

    private const int MaxPathBytes = 107;
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string _path;
    private readonly Socket _socket;

    private readonly ulong _inode;

    private ListeningSocket(string path, Socket socket)
    {
        _path = path;
        _socket = socket;
        _inode = Paths.TryStat(null, path)?.Inode ?? 0;
    }

    /// <summary>Its file descriptor.</summary>
    public ulong Handle => (ulong)_socket.Handle;

    /// <param name="path">Where it goes; its directory is made when missing.</param>
    /// <param name="forEverybody">All users may connect (the system daemon), or only this one.</param>
    /// <exception cref="IOException">It cannot be made; the message says why and what to do.</exception>
    public static ListeningSocket Bind(string path, bool forEverybody)
    {
        var temporary = $"{path}.{Environment.ProcessId}";
        if (System.Text.Encoding.UTF8.GetByteCount(temporary) > MaxPathBytes)
        {
            throw new IOException($"the socket path {path} is longer than a Unix socket's may be ({MaxPathBytes} bytes with a suffix); choose a shorter one with --socket");
        }

        var directoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (forEverybody)
        {
            directoryMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, directoryMode);
            CheckPlace(path);
            File.Delete(temporary);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            File.SetUnixFileMode(temporary, forEverybody ? Everybody : UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(Backlog);
            File.Move(temporary, path, overwrite: true);
            return new ListeningSocket(path, socket);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new IOException($"cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <summary>Removes the socket, so that clients are told at once that nobody is there.</summary>
    public void Dispose()
    {
        if (Paths.TryStat(null, _path)?.Inode == _inode)
        {
            File.Delete(_path);
        }

        _socket.Dispose();
    }

    /// <exception cref="IOException">Something other than a dead socket is there.</exception>
    private static void CheckPlace(string path)
    {
        if (Paths.TryStat(null, path) is not { } there)
        {
            return;
        }

        if (!there.IsSocket)
        {
            throw new IOException("there is a file of another kind in its place; remove it or choose another path with --socket");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }

        throw new IOException("another program listens there, most likely another whirrd; stop it or choose another path with --socket");
    }
}

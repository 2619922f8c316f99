using System.Net.Sockets;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Systemd;

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

    // The owner of the descriptor, not only the number: a Socket that nobody refers to closes it.
    private readonly IDisposable _owner;
    private readonly string? _path;
    private readonly ulong _inode;

    /// <param name="owner">Closes the socket.</param>
    /// <param name="descriptor">The socket.</param>
    /// <param name="path">What is to be removed at the end; null: the place belongs to somebody else.</param>
    private ListeningSocket(IDisposable owner, nint descriptor, string? path)
    {
        _owner = owner;
        Handle = (ulong)descriptor;
        _path = path;
        _inode = path is null ? 0 : Paths.TryStat(null, path)?.Inode ?? 0;
    }

    /// <summary>Its file descriptor.</summary>
    public ulong Handle { get; }

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
            return new ListeningSocket(socket, socket.Handle, path);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new IOException($"cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <summary>Takes the socket that the service manager listens on. It stays where it is, and takes callers in, when this daemon ends.</summary>
    /// <param name="passed">What the manager passed.</param>
    /// <param name="path">Where the daemon is to listen.</param>
    /// <exception cref="IOException">It is another one.</exception>
    public static ListeningSocket Inherit(ActivationSocket passed, string path)
    {
        const string Advice = "let ListenStream= in whirrd.socket and the setting `socket` name the same path, or disable whirrd.socket";
        if (!passed.IsListeningStream)
        {
            throw new IOException($"what systemd passed ({passed.Name}) is no listening Unix stream socket; {Advice}");
        }

        return passed.Path == path
            ? new ListeningSocket(passed.Descriptor, passed.Descriptor.Number, null)
            : throw new IOException($"systemd passed a socket ({passed.Name}) at {passed.Path ?? "no path"}, but whirrd is to listen at {path}; {Advice}");
    }

    /// <summary>Removes the socket, so that clients are told at once that nobody is there.</summary>
    public void Dispose()
    {
        if (_path is not null && Paths.TryStat(null, _path)?.Inode == _inode)
        {
            File.Delete(_path);
        }

        _owner.Dispose();
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

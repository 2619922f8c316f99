using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Whirr.Domain.Jobs;
using Whirr.Linux.Credentials;
using Whirr.Server;

namespace Whirr.Daemon.Identity;

/// <summary>Asks the kernel who is at the other end of a Unix socket (SO_PEERCRED and SO_PEERGROUPS, unix(7), socket(7)).</summary>
/// <remarks>The answer is that of the moment of connect: a client cannot change it afterwards, and no message can claim another.</remarks>
internal static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int MostGroups = 65_536;

    /// <summary>Connection middleware that puts the caller into the features of the connection; a peer that cannot be identified is turned away.</summary>
    public static ConnectionDelegate Identify(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            connection.Abort();
            return Task.CompletedTask;
        }

        connection.Features.Set<ICaller>(new Caller(Read(socket)));
        return next(connection);
    };

    private static JobOwner Read(Socket socket)
    {
        Span<int> credentials = stackalloc int[3];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        var (uid, gid) = ((uint)credentials[1], (uint)credentials[2]);
        return new JobOwner(uid, gid, ReadGroups(socket), UserAccount.Find(uid)?.Name ?? uid.ToString());
    }

    private static uint[] ReadGroups(Socket socket)
    {
        for (var size = 64; size <= MostGroups; size *= 4)
        {
            var groups = new uint[size];
            try
            {
                var bytes = socket.GetRawSocketOption(SolSocket, SoPeerGroups, MemoryMarshal.AsBytes(groups.AsSpan()));
                return groups[..(bytes / sizeof(uint))];
            }
            catch (SocketException) when (size * 4 <= MostGroups)
            {
                // ERANGE: the peer is in more groups than fit; try with more room.
            }
        }

        throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
    }

    private sealed record Caller(JobOwner User) : ICaller;
}

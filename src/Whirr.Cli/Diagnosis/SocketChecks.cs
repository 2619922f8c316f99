using System.Net.Sockets;
using Whirr.Cli.Connection;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>The socket: is it there, whose is it, does somebody listen.</summary>
internal static class SocketChecks
{
    private const string Start = "start a daemon: `systemctl start whirrd` for everybody, `systemctl --user start whirrd` or `whirrd --user` for yourself";
    private const int KindMask = 0xf000;
    private const int SocketKind = 0xc000;

    /// <param name="choice">Which socket, and which others were looked for.</param>
    /// <param name="info">What the daemon said; null: none answered.</param>
    /// <param name="failure">Why none answered.</param>
    public static IEnumerable<Finding> Of(SocketChoice choice, InfoReply? info, CommandFailure? failure)
    {
        var facts = FileFacts.Of(choice.Path);
        if (info is not null)
        {
            yield return Owner(choice.Path, facts, info);
            yield return Finding.Ok("daemon", $"answers at {choice.Path} (pid {info.Pid}, {info.Mode} mode)");
            yield break;
        }

        yield return Silent(choice, facts, failure);
    }

    private static Finding Owner(string path, FileFacts? facts, InfoReply info)
    {
        if (facts is not { } file)
        {
            return Finding.Ok("socket", path);
        }

        var owner = Users.Name(file.Uid);
        return file.Uid != Users.Root && file.Uid != Users.Caller
            ? Finding.Warn("socket", $"{path} belongs to {owner}, who sees what you submit and could change it", "use a daemon of your own (`whirrd --user`) or of root")
            : Finding.Ok("socket", $"{path}, of {owner}, mode {Convert.ToString(file.Mode & 0xfff, 8).PadLeft(4, '0')}{(info.Mode == "system" ? ", for everybody" : "")}");
    }

    private static Finding Silent(SocketChoice choice, FileFacts? facts, CommandFailure? failure)
    {
        if (facts is not { } file)
        {
            return Finding.Fail("socket", $"no whirrd answers: there is no {string.Join(" and no ", choice.Considered)}", Start);
        }

        // A link that leads to a socket is as good as one.
        if ((file.Mode & KindMask) != SocketKind && !file.IsLink)
        {
            return Finding.Fail("socket", $"{choice.Path} is no socket", $"see what it is (`ls -l {choice.Path}`), move it away and start the daemon again");
        }

        return TryConnect(choice.Path) switch
        {
            SocketError.ConnectionRefused => Finding.Fail(
                "socket", $"{choice.Path} is stale: the whirrd that made it is gone, and nobody listens", $"{Start}; it takes the place of the old one"),
            SocketError.AccessDenied => Finding.Fail(
                "socket", $"{choice.Path} belongs to {Users.Name(file.Uid)}, and you may not connect to it", "use a daemon of your own: `whirrd --user`"),
            SocketError.Success => Finding.Fail(
                "socket",
                $"{choice.Path} takes connections, and whirrd does not answer ({failure?.Message.ReplaceLineEndings(" ") ?? "no reason is known"})",
                "it may be stopped or stuck: `journalctl -u whirrd -n 50`, then `systemctl restart whirrd`; running jobs go on"),
            var error => Finding.Fail("socket", $"{choice.Path} cannot be connected to ({error})", Start),
        };
    }

    private static SocketError TryConnect(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}

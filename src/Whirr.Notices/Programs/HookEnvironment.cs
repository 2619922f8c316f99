using Whirr.Linux.Credentials;
using Whirr.Linux.Processes;

namespace Whirr.Notices.Programs;

/// <summary>The environment of programs that the daemon runs: the same whoever started the daemon, and however.</summary>
internal static class HookEnvironment
{
    /// <summary>Puts it together with variables of the caller's.</summary>
    public static IReadOnlyList<string> Compose(params IEnumerable<(string Name, string Value)> more)
    {
        var account = UserAccount.Find(CurrentProcess.EffectiveUid);
        List<(string Name, string Value)> all =
        [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", account?.Home ?? "/"),
            ("USER", account?.Name ?? $"{CurrentProcess.EffectiveUid}"),
            ("LOGNAME", account?.Name ?? $"{CurrentProcess.EffectiveUid}"),
            ("LANG", "C.UTF-8"),
            .. more,
        ];
        return all.ConvertAll(entry => $"{entry.Name}={entry.Value.Replace('\0', '?')}");
    }
}

using Whirr.Cli.Failures;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Syntax;

/// <summary>The policies of a job in words.</summary>
internal static class PolicyWords
{
    /// <summary>Empty when the daemon did not say.</summary>
    public static string ToWord(this OnLost policy) => policy switch
    {
        OnLost.Requeue => "requeue",
        OnLost.Stop => "stop",
        _ => "",
    };

    /// <summary>Empty when the daemon did not say.</summary>
    public static string ToWord(this OnDaemonLoss policy) => policy switch
    {
        OnDaemonLoss.Keep => "keep",
        OnDaemonLoss.Kill => "kill",
        _ => "",
    };

    /// <exception cref="CommandFailure">An unknown word.</exception>
    public static OnLost ParseOnLost(string word) => word switch
    {
        "requeue" => OnLost.Requeue,
        "stop" => OnLost.Stop,
        _ => throw CommandFailure.Usage($"on_lost is either requeue or stop, not {SafeText.Quote(word)}."),
    };

    /// <exception cref="CommandFailure">An unknown word.</exception>
    public static OnDaemonLoss ParseOnDaemonLoss(string word) => word switch
    {
        "keep" => OnDaemonLoss.Keep,
        "kill" => OnDaemonLoss.Kill,
        _ => throw CommandFailure.Usage($"on_daemon_loss is either keep or kill, not {SafeText.Quote(word)}."),
    };

    /// <summary>Empty when the daemon did not say.</summary>
    public static string ToWord(this OnStall action) => action switch
    {
        OnStall.Notify => "notify",
        OnStall.Dump => "dump",
        OnStall.Kill => "kill",
        OnStall.Retry => "retry",
        _ => "",
    };

    /// <exception cref="CommandFailure">An unknown word.</exception>
    public static OnStall ParseOnStall(string word) => word switch
    {
        "notify" => OnStall.Notify,
        "dump" => OnStall.Dump,
        "kill" => OnStall.Kill,
        "retry" => OnStall.Retry,
        _ => throw CommandFailure.Usage($"on_stall is notify, dump, kill or retry, not {SafeText.Quote(word)}."),
    };
}

using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using ProcessLimit = Whirr.Protocol.V1.ProcessLimit;

namespace Whirr.Cli.Submission;

/// <summary>Limits of each process as people write them: <c>nofile=4096</c>, <c>nofile=4096:8192</c>, <c>core=unlimited</c>.</summary>
internal static class ProcessLimitText
{
    private const string Unlimited = "unlimited";

    /// <exception cref="CommandFailure">It is none.</exception>
    public static ProcessLimit Parse(string text)
    {
        var equals = text.IndexOf('=');
        var name = equals < 0 ? text : text[..equals];
        if (!LimitRules.Resources.ContainsKey(name))
        {
            throw CommandFailure.Usage(
                $"rlimit: there is no resource {SafeText.Quote(name)}; there are {string.Join(", ", LimitRules.Resources.Keys)}. "
                + "Example: nofile=4096.");
        }

        var limit = new ProcessLimit { Resource = name.ToLowerInvariant() };
        var values = equals < 0 ? [] : text[(equals + 1)..].Split(':');
        if (values is not ([_] or [_, _]))
        {
            throw Wrong(text);
        }

        // As with `ulimit` and in systemd: one value is for both.
        if (Amount(values[0], text) is { } soft)
        {
            limit.Soft = soft;
        }

        if (Amount(values[^1], text) is { } hard)
        {
            limit.Hard = hard;
        }

        return limit;
    }

    /// <summary>As it is written: <c>nofile=4096:8192</c>.</summary>
    public static string Format(ProcessLimit limit)
    {
        var soft = limit.HasSoft ? limit.Soft.ToString() : Unlimited;
        var hard = limit.HasHard ? limit.Hard.ToString() : Unlimited;
        return $"{limit.Resource}={soft}{(soft == hard ? "" : ":" + hard)}";
    }

    private static ulong? Amount(string value, string text) => value == Unlimited ? null
        : ByteText.TryParse(value, out var amount) ? amount
        : throw Wrong(text);

    private static CommandFailure Wrong(string text) => CommandFailure.Usage(
        $"an rlimit is NAME=SOFT or NAME=SOFT:HARD with numbers or {Unlimited}, like nofile=4096:8192, not {SafeText.Quote(text)}.");
}

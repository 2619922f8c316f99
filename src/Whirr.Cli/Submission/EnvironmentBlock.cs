using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Submission;

/// <summary>The environment of a job as the kernel keeps it: <c>NAME=value</c> entries, each ended by a NUL byte.</summary>
/// <remarks>Bytes, not strings: values need not be UTF-8, and what the shell exported arrives at the job unchanged.</remarks>
internal static class EnvironmentBlock
{
    /// <summary>The environment this process was started with (proc_pid_environ(5)).</summary>
    public static byte[] OfThisProcess() => Clean(File.ReadAllBytes("/proc/self/environ"));

    /// <summary>Without what is no <c>NAME=value</c>: a program may be started with anything, and a job is not refused for it.</summary>
    public static byte[] Clean(byte[] block)
    {
        for (var rest = block.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0 || !IsSetting(rest[..end]))
            {
                return Copy(block, static (entry, _) => IsSetting(entry), 0).ToArray();
            }

            rest = rest[(end + 1)..];
        }

        return block;
    }

    /// <summary>Checks <c>NAME=value</c>.</summary>
    /// <exception cref="CommandFailure">It is something else.</exception>
    public static string Check(string setting)
    {
        if (setting.IndexOf('=') <= 0)
        {
            throw CommandFailure.Usage($"an environment setting is NAME=value, not {SafeText.Quote(setting)}.");
        }

        return setting.Contains('\0')
            ? throw CommandFailure.Usage($"an environment setting cannot hold a NUL character: {SafeText.Quote(setting)}.")
            : setting;
    }

    /// <summary>The block with <paramref name="settings"/> (each <c>NAME=value</c>) in place of what it said about those names; of two
    /// settings of one name the last counts.</summary>
    public static byte[] With(byte[] block, IReadOnlyCollection<string> settings)
    {
        if (settings.Count == 0)
        {
            return block;
        }

        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            last[setting[..setting.IndexOf('=')]] = setting;
        }

        var replaced = last.Keys.Select(name => Encoding.UTF8.GetBytes(name + "=")).ToList();
        var result = Copy(block, static (entry, names) => !StartsWithAny(entry, names), replaced);
        foreach (var setting in last.Values)
        {
            result.Write(Encoding.UTF8.GetBytes(setting));
            result.WriteByte(0);
        }

        return result.ToArray();
    }

    private delegate bool EntryFilter<in T>(ReadOnlySpan<byte> entry, T argument);

    private static MemoryStream Copy<T>(byte[] block, EntryFilter<T> filter, T argument)
    {
        var result = new MemoryStream(block.Length + 256);
        for (var rest = block.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)0);
            var entry = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (filter(entry, argument))
            {
                result.Write(entry);
                result.WriteByte(0);
            }
        }

        return result;
    }

    private static bool IsSetting(ReadOnlySpan<byte> entry) => entry.IndexOf((byte)'=') > 0;

    private static bool StartsWithAny(ReadOnlySpan<byte> entry, List<byte[]> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (entry.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}

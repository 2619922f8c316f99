using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Linux.Credentials;

namespace Whirr.Runners.Process;

/// <summary>The environment of a job: the submitter's, with the variables that whirr sets over it.</summary>
internal static class JobEnvironment
{
    private const byte End = 0;
    private const byte Equal = (byte)'=';

    /// <summary>Puts it together.</summary>
    /// <param name="submitted">NUL-ended entries as they were captured; any bytes.</param>
    /// <param name="ours">Entries that replace those of the same name.</param>
    /// <param name="account">Gives HOME, USER and LOGNAME when they were not submitted; null when the user is not in the database.</param>
    public static byte[] Compose(ReadOnlySpan<byte> submitted, IReadOnlyList<(string Name, string Value)> ours, UserAccount? account)
    {
        List<(string Name, string Value)> added = [.. ours];
        if (account is not null)
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
                [("HOME", account.Home), ("USER", account.Name), ("LOGNAME", account.Name)])
            {
                if (!Has(submitted, name))
                {
                    added.Add((name, value));
                }
            }
        }

        var replaced = ours.Select(entry => Encoding.UTF8.GetBytes(entry.Name)).ToList();
        using var result = new MemoryStream(submitted.Length + 512);
        foreach (var range in submitted.Split(End))
        {
            var entry = submitted[range];
            if (!entry.IsEmpty && !IsOneOf(NameOf(entry), replaced))
            {
                result.Write(entry);
                result.WriteByte(End);
            }
        }

        foreach (var (name, value) in added)
        {
            result.Write(Entry(name, value));
        }

        return result.ToArray();
    }

    /// <summary>The variables that tell a job, and everything it starts, which attempt it belongs to.</summary>
    public static IReadOnlyList<(string Name, string Value)> Identity(Job job, int attempt, string runDir) =>
    [
        ("WHIRR_JOB_ID", $"{job.Id}"),
        ("WHIRR_RUN_ID", job.RunId),
        ("WHIRR_RUN_DIR", runDir),
        ("WHIRR_ATTEMPT", $"{attempt}"),
    ];

    /// <summary>A NUL-ended entry.</summary>
    public static byte[] Entry(string name, string value) => Encoding.UTF8.GetBytes($"{name}={value}\0");

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> entry) => entry.IndexOf(Equal) is >= 0 and var at ? entry[..at] : entry;

    private static bool Has(ReadOnlySpan<byte> environment, string name)
    {
        var wanted = Encoding.UTF8.GetBytes(name);
        foreach (var range in environment.Split(End))
        {
            if (NameOf(environment[range]).SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> name, List<byte[]> names)
    {
        foreach (var one in names)
        {
            if (name.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}

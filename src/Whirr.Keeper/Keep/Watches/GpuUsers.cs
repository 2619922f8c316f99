using System.Globalization;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Reads the table of <c>nvidia-smi pmon</c>.</summary>
/// <remarks>Which columns there are depends on the version of the driver; the first line that begins with # names them:
/// <code>
/// # gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command
/// # Idx           #    C/G      %      %      %      %      %      %    name
///     0      71234      C     93     41      -      -      -      -    python
/// </code></remarks>
internal static class GpuUsers
{
    /// <summary>The processes whose share of the multiprocessors (sm) is above 0.</summary>
    public static IReadOnlySet<int> Parse(string table)
    {
        HashSet<int> users = [];
        int pid = -1, share = -1;
        foreach (var line in table.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["#", .. var names])
            {
                (pid, share) = pid < 0 ? (Array.IndexOf(names, "pid"), Array.IndexOf(names, "sm")) : (pid, share);
            }
            else if (pid >= 0 && share >= 0 && words.Length > Math.Max(pid, share)
                && TryRead(words[pid], out var user) && TryRead(words[share], out var percent) && percent > 0)
            {
                users.Add(user);
            }
        }

        return users;
    }

    private static bool TryRead(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Linux.Cgroups;

/// <summary>A cgroup of version 2 without children (cgroups(7), Documentation/admin-guide/cgroup-v2).</summary>
public sealed class CgroupLeaf
{
    private const uint Mode = 0b111_101_101;
    private const int MaxFileBytes = 1 << 16;

    private CgroupLeaf(string path) => Path = path;

    /// <summary>Absolute path of its directory.</summary>
    public string Path { get; }

    /// <summary>Makes a leaf. One that is there is made anew, or, when processes are in it, taken as it is.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public static CgroupLeaf Create(string path)
    {
        var leaf = new CgroupLeaf(path);
        if (!Paths.TryMakeDirectory(null, path, Mode) && leaf.TryRemove())
        {
            // Limits and counters of somebody else's are gone with it.
            Paths.TryMakeDirectory(null, path, Mode);
        }

        return leaf;
    }

    /// <summary>A leaf that may or may not be there.</summary>
    public static CgroupLeaf At(string path) => new(path);

    /// <summary>Sets one of its values, e.g. <c>memory.max</c>.</summary>
    /// <exception cref="LinuxException">ENOENT: it has no such value here, as its controller is missing.</exception>
    public void Set(string file, string value) => Write(file, Encoding.ASCII.GetBytes(value));

    /// <summary>Reads a file of it; null when it has none of this name.</summary>
    public string? TryRead(string file)
    {
        using var fd = Fd.TryOpenAt(null, $"{Path}/{file}", OpenFlags.ReadOnly);
        return fd is null ? null : Encoding.ASCII.GetString(fd.ReadAll(MaxFileBytes));
    }

    /// <summary>Moves the calling process into it.</summary>
    public void Enter() => Write("cgroup.procs", "0"u8);

    /// <summary>Sends SIGKILL to every process in it, also to those that are being forked (Linux 5.14).</summary>
    /// <returns>False: the kernel is older, or the leaf is gone.</returns>
    public bool TryKill()
    {
        try
        {
            Write("cgroup.kill", "1"u8);
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.Enoent or Errno.Einval or Errno.Eacces)
        {
            return false;
        }
    }

    /// <summary>Kills what is in it, waits for its end and removes it.</summary>
    /// <param name="timeoutMs">Milliseconds to wait for each change of what is in it.</param>
    /// <returns>False: something in it does not end.</returns>
    public bool KillAndRemove(int timeoutMs)
    {
        while (!TryRemove())
        {
            using var state = Fd.TryOpenAt(null, $"{Path}/cgroup.events", OpenFlags.ReadOnly);
            if (state is null)
            {
                continue;
            }

            TryKill();
            if (IsPopulated(state) && Poller.Wait([new PollEntry(state.Number, PollEntry.Priority)], timeoutMs) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPopulated(Fd state) => state.ReadAll(4096).AsSpan().IndexOf("populated 1"u8) >= 0;

    private bool TryRemove()
    {
        try
        {
            Paths.RemoveDirectory(null, Path);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.Ebusy)
        {
            return false;
        }
    }

    private void Write(string file, ReadOnlySpan<byte> text)
    {
        using var fd = Fd.Open($"{Path}/{file}", OpenFlags.WriteOnly);
        fd.WriteAll(text);
    }
}

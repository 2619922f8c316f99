using System.Security.Cryptography;
using System.Text;
using Whirr.Linux.Cgroups;

namespace Whirr.Torture.Places;

/// <summary>Where a session happens: a directory on a disk, with the state of the daemon on a small file system of its own.</summary>
internal sealed class Workplace
{
    private Workplace(TortureOptions options, string root)
    {
        Options = options;
        Root = root;
    }

    public TortureOptions Options { get; }

    /// <summary>Everything of this session is below; its name is in the command line or the environment of each of its processes.</summary>
    public string Root { get; }

    public string Disk => Path.Combine(Root, "disk");

    public string StateDir => Path.Combine(Disk, "state");

    public string DataDir => Path.Combine(StateDir, "daemon");

    public string Attempts => Path.Combine(DataDir, "attempts");

    public string Database => Path.Combine(DataDir, "whirr.db");

    public string Runs => Path.Combine(Root, "runs");

    public string Ledger => Path.Combine(Root, "ledger");

    public string Socket => Path.Combine(Root, "socket");

    public string DaemonLog => Path.Combine(Root, "whirrd.log");

    public string JobScript => Path.Combine(Root, "job.sh");

    /// <summary>The cgroup of this daemon, which names it after its state directory; null where it has none.</summary>
    public string? Cgroup
    {
        get
        {
            var name = "whirrd-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StateDir)).AsSpan(0, 6));
            return Options.Cgroup == "auto" && CgroupLocator.Find(0).Root is { } root ? Path.Combine(root, name) : null;
        }
    }

    public static async Task<Workplace> MakeAsync(TortureOptions options)
    {
        var place = new Workplace(options, Path.Combine(options.Place, $"whirr-torture.{Guid.NewGuid():N}"[..22]));
        foreach (var directory in (string[])[place.Root, place.Disk, place.Runs, place.Ledger])
        {
            Directory.CreateDirectory(directory);
        }

        await Shell.RunAsync("/bin/mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", place.Disk);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Places", "job.sh"), place.JobScript);
        return place;
    }

    /// <summary>A place below this one for a second daemon; its state lies on the disk.</summary>
    public Workplace Beside(string name)
    {
        var place = new Workplace(Options with { Cgroup = "off" }, Path.Combine(Root, name));
        Directory.CreateDirectory(place.DataDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(place.Runs);
        return place;
    }

    public string Program(string name) => Path.Combine(Options.Programs, name);

    /// <summary>Removes it all; what is to be kept as evidence from memory is saved first.</summary>
    public async Task LeaveAsync(bool keep)
    {
        if (keep)
        {
            await Shell.RunAsync("/bin/cp", "-a", StateDir, Path.Combine(Root, "state-kept"));
        }

        await Shell.RunAsync("/bin/umount", Disk);
        if (!keep)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}

namespace Whirr.EndToEnd.Harness;

/// <summary>A file system of 16 MiB in memory that can be filled; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string place) => Place = place;

    public string Place { get; }

    private string Filler => Path.Combine(Place, "filler");

    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("whirr-disk-").FullName);
        Assert.Equal(0, (await Command.RunAsync("/bin/mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.Place])).ExitCode);
        return disk;
    }

    public async Task FillAsync()
    {
        await Command.RunAsync("/bin/dd", ["if=/dev/zero", $"of={Filler}", "bs=64k"]);
        await Command.RunAsync("/bin/dd", ["if=/dev/zero", $"of={Filler}", "bs=4k", "oflag=append", "conv=notrunc"]);
        Assert.Equal(0, new DriveInfo(Place).AvailableFreeSpace);
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, (await Command.RunAsync("/bin/umount", [Place])).ExitCode);
        Directory.Delete(Place);
    }
}

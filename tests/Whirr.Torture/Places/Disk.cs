namespace Whirr.Torture.Places;

/// <summary>The small file system with the state of the daemon.</summary>
internal sealed class Disk(Workplace place)
{
    private const int LargePiece = 1 << 20;
    private const int Page = 4096;

    private readonly string _filler = Path.Combine(place.Disk, "filler");

    public bool IsFull { get; private set; }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        IsFull = true;
        using var file = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var size in (int[])[LargePiece, Page])
        {
            FillWith(file, new byte[size]);
        }
    }

    public void Free()
    {
        File.Delete(_filler);
        IsFull = false;
    }

    /// <summary>Lays a read-only view of the state over itself: who opens something from now on can only read; who has it open goes on.</summary>
    public async Task CoverAsync()
    {
        await Shell.RunAsync("/bin/mount", "--bind", place.StateDir, place.StateDir);
        await Shell.RunAsync("/bin/mount", "-o", "remount,bind,ro", place.StateDir);
    }

    public Task UncoverAsync() => Shell.RunAsync("/bin/umount", place.StateDir);

    private static void FillWith(FileStream file, byte[] piece)
    {
        try
        {
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            // No space left: that is what was wanted.
            return;
        }
    }
}

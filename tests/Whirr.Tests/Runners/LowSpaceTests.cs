using Whirr.Domain.Jobs;
using Whirr.Tests.Storage;

namespace Whirr.Tests.Runners;

/// <summary>When the disk is full the log gives way, and the job goes on.</summary>
[Trait("needs", "programs")]
[Collection(AloneCollection.Name)]
public sealed class LowSpaceTests
{
    private const int Limit = 120_000;
    private const long MiB = 1 << 20;

    /// <summary>About 5 MB a second in lines that say which they are; ends with 7 when a line cannot be written.</summary>
    private const string Talker =
        """
        pad=$(head -c 1000 /dev/zero | tr '\0' x); i=0
        until [ -e stop ]; do
          n=0; while [ $n -lt 100 ]; do i=$((i+1)); n=$((n+1)); echo "line $i $pad" || exit 7; done
          sleep 0.02
        done
        echo "last line after $i"
        """;

    [RootFact(Timeout = Limit)]
    public async Task A_job_that_writes_all_the_time_outlives_a_full_disk_in_memory()
    {
        using var disk = new SmallFileSystem("32m");
        await OutlivesFullDiskAsync(disk.File("runs"), disk.File("filler"));
    }

    [LoopDeviceFact(Timeout = Limit)]
    public async Task A_job_that_writes_all_the_time_outlives_a_full_disk_with_a_journal()
    {
        using var directory = new TemporaryDirectory();
        var image = directory.File("image");
        var mount = Directory.CreateDirectory(directory.File("mount")).FullName;
        using (var file = File.Create(image))
        {
            file.SetLength(64 * MiB);
        }

        SmallFileSystem.Run("mkfs.ext4", "-q", "-m", "0", image);
        SmallFileSystem.Run("mount", "-o", "loop", image, mount);
        try
        {
            await OutlivesFullDiskAsync($"{mount}/runs", $"{mount}/filler");
        }
        finally
        {
            SmallFileSystem.Run("umount", "--lazy", mount);
        }
    }

    private static async Task OutlivesFullDiskAsync(string runs, string filler)
    {
        await using var world = new World();
        var plain = world.NewJob("sh", "-c", Talker);
        var job = plain with { Settings = plain.Settings with { RunsDir = runs } };
        var log = $"{runs}/{job.RunId}/output.log";
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        attempt.SetLowSpace(true);
        await Facts.UntilAsync(() => LogFile.Facts(log) is var facts && facts.Allocated > facts.Size + (2 * MiB));

        // Takes what there is, again and again, also what the log gives back.
        using var stop = new CancellationTokenSource();
        var filling = Task.Run(() => FillAsync(filler, stop.Token));
        var full = LogFile.Facts(log).Size;
        await Facts.UntilAsync(() => attempt.Ended.IsCompleted || LogFile.Facts(log).Size > full + (40 * MiB));
        Assert.False(attempt.Ended.IsCompleted);
        Assert.InRange(LogFile.Facts(log).Allocated, 1, 24 * MiB);

        await stop.CancelAsync();
        await filling;
        File.Delete(filler);
        attempt.SetLowSpace(false);
        await File.WriteAllTextAsync($"{world.Work}/stop", "");
        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).ExitCode);
        AssertReads(LogFile.Read(job.Owner, $"{runs}/{job.RunId}"));
        Assert.True(LogFile.Facts(log) is var after && after.Allocated <= after.Size + 4096, "room that was taken ahead is kept");
        Assert.Empty(world.Warnings);
    }

    /// <summary>From the gap on, each line follows the one before.</summary>
    private static void AssertReads(string text)
    {
        Assert.DoesNotContain('\0', text);
        Assert.StartsWith("line 1 xxx", text, StringComparison.Ordinal);
        Assert.Contains("left out here (the disk is nearly full)", text, StringComparison.Ordinal);
        var tail = text[text.LastIndexOf("left out here", StringComparison.Ordinal)..].Split('\n').Skip(2).ToList();
        var numbers = tail[..^2].ConvertAll(line => long.Parse(line.Split(' ')[1]));
        Assert.True(numbers.Count > 300, $"only {numbers.Count} lines are left");
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(index => numbers[0] + index), numbers);
        Assert.Equal($"last line after {numbers[^1]}", tail[^2]);
    }

    /// <summary>A program that looks for room a hundred times a second. One that does nothing else can have a freed block before the keeper on a
    /// machine where the keeper has to wait for a processor.</summary>
    private static async Task FillAsync(string path, CancellationToken stop)
    {
        var block = new byte[256 << 10];
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                file.Write(block);
            }
            catch (IOException)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}

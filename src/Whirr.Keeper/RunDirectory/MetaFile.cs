using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Runs;

namespace Whirr.Keeper.RunDirectory;

/// <summary>Changes <c>meta.json</c> in a run directory, with the rights of the calling thread: those of the job's user.</summary>
internal static class MetaFile
{
    /// <summary>A larger file is no record of whirr.</summary>
    private const int MaxBytes = 8 << 20;

    private const string Temporary = ".meta.json.new";
    private const uint Mode = 0b110_110_110;

    private const int PatienceMs = 1_000;
    private const int PauseMs = 5;

    /// <summary>Merges a patch into the file, or begins it. A damaged one is kept beside it as <c>meta.json.damaged</c>.</summary>
    /// <remarks>The new content takes the place of the old in one step, so that a reader finds one or the other and never a part.</remarks>
    /// <exception cref="LinuxException">The user may not, or the disk is full.</exception>
    public static void Patch(Fd runDirectory, ReadOnlySpan<byte> patch)
    {
        TakeTurn(runDirectory);
        if (RunMeta.Merge(Read(runDirectory), patch) is not { } content)
        {
            Paths.Rename(runDirectory, RunFiles.Meta, $"{RunFiles.Meta}.damaged");
            content = RunMeta.Merge([], patch)!;
        }

        Paths.Remove(runDirectory, Temporary);
        using (var file = Fd.OpenAt(
            runDirectory, Temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, Mode))
        {
            file.WriteAll(content);
        }

        Paths.Rename(runDirectory, Temporary, RunFiles.Meta);
    }

    /// <summary>Waits while another writer is at it: each holds the lock of the run directory from reading the file to renaming the new one.</summary>
    /// <remarks>The lock goes with the descriptor. Who holds it for ever, or a file system that has no locks, does not keep a job from ending.</remarks>
    private static void TakeTurn(Fd runDirectory)
    {
        try
        {
            for (var waited = 0; !runDirectory.TryLock() && waited < PatienceMs; waited += PauseMs)
            {
                Poller.Wait([], PauseMs);
            }
        }
        catch (LinuxException)
        {
            return;
        }
    }

    private static byte[] Read(Fd runDirectory)
    {
        // Not blocking and no links: the job's user can put anything here, also a pipe that nobody writes to.
        using var file = Fd.TryOpenAt(
            runDirectory, RunFiles.Meta, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (file is null)
        {
            return [];
        }

        return file.Stat().IsRegular ? file.ReadAll(MaxBytes) : throw new LinuxException($"read {RunFiles.Meta}", Errno.Einval);
    }
}

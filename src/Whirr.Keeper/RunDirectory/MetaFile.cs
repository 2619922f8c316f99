using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.RunDirectory;

/// <summary>Changes <c>meta.json</c> in a run directory, with the rights of the calling thread: those of the job's user.</summary>
internal static class MetaFile
{
    /// <summary>A larger file is no record of whirr.</summary>
    private const int MaxBytes = 8 << 20;

    private const string Temporary = ".meta.json.new";
    private const uint Mode = 0b110_110_110;

    /// <summary>Merges a patch into the file, or begins it. A damaged one is kept beside it as <c>meta.json.damaged</c>.</summary>
    /// <remarks>The new content takes the place of the old in one step, so that a reader finds one or the other and never a part.</remarks>
    /// <exception cref="LinuxException">The user may not, or the disk is full.</exception>
    public static void Patch(Fd runDirectory, ReadOnlySpan<byte> patch)
    {
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

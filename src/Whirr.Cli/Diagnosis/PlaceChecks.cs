using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;
using FileAccess = Whirr.Cli.Machine.FileAccess;

namespace Whirr.Cli.Diagnosis;

/// <summary>The directories that jobs and the daemon write to, as far as they can be seen from here.</summary>
internal static class PlaceChecks
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 64L << 20;

    public static IEnumerable<Finding> Of(InfoReply? info, string currentDirectory)
    {
        if (info is not null)
        {
            // A daemon of root keeps its state where users need not be able to look.
            var own = info.Mode == "user";
            yield return Check("state", info.StateDir, own, info);
            yield return Check("runs", info.RunsDir, own, info);
        }

        if (ProjectDirectory.Find(currentDirectory) is { } project)
        {
            yield return ProjectDirectory.WhyUnusable(project, Users.Caller)?.Split('\n') is [var why, var advice]
                ? Finding.Fail("project", why, advice)
                : Check("project", Path.Combine(project, ProjectDirectory.Runs), mustWrite: false, info);
        }
        else
        {
            var place = info is null ? "the daemon's own directory" : info.RunsDir;
            yield return Finding.Ok("project", $"no .whirr here or above: runs are kept in {place} (`whirrctl init` makes one)");
        }
    }

    private static Finding Check(string name, string directory, bool mustWrite, InfoReply? info)
    {
        var seen = info?.Disks.FirstOrDefault(disk => disk.Path == directory);
        if (!Directory.Exists(directory))
        {
            return mustWrite ? Finding.Fail(name, $"{directory} is not there", $"`mkdir -p '{directory}'`")
                : seen is null ? Finding.Ok(name, $"{directory} (not there yet, or not to be seen from here)")
                : Space(name, directory, "", (long)seen.FreeBytes, (long)seen.ReserveBytes, isWatched: true);
        }

        if (mustWrite && !FileAccess.MayWrite(directory))
        {
            return Finding.Fail(name, $"{directory} cannot be written", $"become its owner, or `chmod u+rwx '{directory}'`");
        }

        var drive = new DriveInfo(directory);
        var format = drive.DriveFormat;
        if (IsNetwork(format))
        {
            return name == "state"
                ? Finding.Warn(name, $"{directory} is on a network file system ({format}), where a database can be damaged", "put state_dir on a local disk")
                : Finding.Note(name, $"{directory} is on a network file system ({format}, {ByteCount.Format(drive.AvailableFreeSpace)} free): its server must be up when a job starts");
        }

        return seen is null
            ? Space(name, directory, format, drive.AvailableFreeSpace, LittleSpace / 2, isWatched: false)
            : Space(name, directory, format, (long)seen.FreeBytes, (long)seen.ReserveBytes, isWatched: true);
    }

    private static Finding Space(string name, string directory, string format, long free, long reserve, bool isWatched)
    {
        var text = $"{directory} ({(format.Length > 0 ? format + ", " : "")}{ByteCount.Format(free)} free{(isWatched && reserve > 0 ? $", of which {ByteCount.Format(reserve)} must stay" : "")})";
        return free switch
        {
            < NoSpace when reserve == 0 || !isWatched => Finding.Fail(
                name, $"{text}: logs and results are about to be lost", $"make room: `du -xh --max-depth=2 '{directory}' | sort -h` shows what takes it"),
            _ when isWatched && free < reserve => Finding.Fail(
                name, $"{text}: no job is started that writes there", "make room (`whirrctl clean --runs --older-than 30d --dry-run`), or set min_free_space lower in whirrd.yaml"),
            _ when free < 2 * reserve => Finding.Warn(name, text, "make room before you start a long job: `whirrctl clean --runs --older-than 30d --dry-run`"),
            _ => Finding.Ok(name, text),
        };
    }

    private static bool IsNetwork(string format) =>
        format.StartsWith("nfs", StringComparison.Ordinal) || format is "cifs" or "smb" or "smb2" or "smb3" or "afs" or "ceph" or "fuse.sshfs" or "9p" or "lustre" or "gpfs" or "beegfs";
}

using Whirr.Cli.Machine;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>The file of the queue. The daemon tells: nobody else may look.</summary>
internal static class DatabaseChecks
{
    private const uint OthersMayWrite = 0b000_010_010;
    private const uint OthersMayRead = 0b000_100_100;

    public static IEnumerable<Finding> Of(InfoReply info)
    {
        // An older daemon does not say.
        if (info.Database.Length == 0)
        {
            yield break;
        }

        var mode = Convert.ToString(info.DatabaseMode, 8).PadLeft(4, '0');
        var owner = Users.Name(info.DatabaseUid);
        yield return info switch
        {
            { DatabaseMode: 0 } => Finding.Fail(
                "database", $"{info.Database} is gone from under the daemon", "stop whirrd, put the file back (or its last backup) and start whirrd"),
            _ when info.DatabaseUid != info.Uid => Finding.Fail(
                "database", $"{info.Database} belongs to {owner}, and whirrd runs as {Users.Name(info.Uid)}", $"`chown {Users.Name(info.Uid)}: {info.Database}*`"),
            _ when (info.DatabaseMode & OthersMayWrite) != 0 => Finding.Fail(
                "database", $"others may write to {info.Database} (mode {mode})", $"`chmod 600 {info.Database}*`"),
            _ when (info.DatabaseMode & OthersMayRead) != 0 => Finding.Warn(
                "database", $"others may read {info.Database} (mode {mode}), and the environments of jobs in it", $"`chmod 600 {info.Database}*`"),
            { JournalMode: not ("wal" or "") } => Finding.Warn(
                "database",
                $"{info.Database} is in journal mode {info.JournalMode}: its file system has no shared memory, and a crash costs more",
                "put state_dir on a local disk"),
            _ => Finding.Ok("database", $"{info.Database}, mode {mode}, of {owner}, schema {info.SchemaVersion}, journal {info.JournalMode}"),
        };
    }
}

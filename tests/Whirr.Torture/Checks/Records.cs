using Microsoft.Data.Sqlite;
using Whirr.Domain.Jobs;
using Whirr.Torture.Load;

namespace Whirr.Torture.Checks;

internal sealed record JobRecord(long Id, Guid Uid, JobState State, EndReason Reason, string Detail);

internal sealed record AttemptRecord(long JobId, int Number, bool Started, bool Finished, EndReason Reason, int ExitCode, int Signal)
{
    public (long JobId, int Attempt) Key => (JobId, Number);

    public Ending Ending => new(Reason, ExitCode, Signal);
}

/// <summary>What the database says, read from the file and not through the daemon.</summary>
internal sealed record Records(IReadOnlyList<JobRecord> Jobs, ILookup<long, AttemptRecord> Attempts)
{
    public static Records Read(string database)
    {
        using var connection = Open(database);
        using var transaction = connection.BeginTransaction(deferred: true);
        var jobs = Rows(connection, "SELECT id, uid, state, reason, coalesce(reason_detail, '') FROM jobs ORDER BY id", row => new JobRecord(
            row.GetInt64(0), new Guid((byte[])row.GetValue(1), bigEndian: true), (JobState)row.GetInt32(2), (EndReason)row.GetInt32(3), row.GetString(4)));
        var attempts = Rows(
            connection,
            "SELECT job_id, number, started_at IS NOT NULL, finished_at IS NOT NULL, reason, coalesce(exit_code, 0), signal FROM attempts ORDER BY job_id, number",
            row => new AttemptRecord(
                row.GetInt64(0), row.GetInt32(1), row.GetBoolean(2), row.GetBoolean(3), (EndReason)row.GetInt32(4), row.GetInt32(5), row.GetInt32(6)));
        return new Records(jobs, attempts.ToLookup(attempt => attempt.JobId));
    }

    /// <summary>What SQLite says about its own file; <c>ok</c> when all is well.</summary>
    public static string Integrity(string database)
    {
        using var connection = Open(database);
        return string.Join("; ", Rows(connection, "PRAGMA integrity_check", row => row.GetString(0)));
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}

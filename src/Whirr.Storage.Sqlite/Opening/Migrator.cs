using System.Globalization;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>Brings a database to the newest schema: the files <c>Migrations/NNNN_what.sql</c>, one transaction each.</summary>
internal static class Migrator
{
    /// <summary>"whir" in ASCII: marks the file as ours (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x77686972;

    private static readonly IReadOnlyList<(int Version, string Resource)> Migrations =
        [.. EmbeddedSql.List("Migrations").Select(name => (VersionOf(name), name))];

    /// <summary>The schema version that this build writes.</summary>
    public static int NewestVersion => Migrations[^1].Version;

    /// <summary>Applies what is missing.</summary>
    public static void Run(Connection connection)
    {
        var version = VersionOf(connection);
        if (version >= NewestVersion)
        {
            return;
        }

        // With a rollback journal the new version is in the file itself when the migration is, never only in a write-ahead log: an older
        // daemon that reads the header before anything else must not take the database for one of its own.
        connection.Execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
        foreach (var migration in Migrations.Where(migration => migration.Version > version))
        {
            Apply(connection, migration.Version, EmbeddedSql.Read(migration.Resource));
        }
    }

    /// <summary>The schema version of a database; 0 for an empty one.</summary>
    public static int VersionOf(Connection connection) =>
        int.Parse(connection.Query("PRAGMA user_version")[0], CultureInfo.InvariantCulture);

    private static void Apply(Connection connection, int version, string sql)
    {
        connection.BeginImmediate();
        try
        {
            connection.Execute(sql);
            if (connection.Query("PRAGMA foreign_key_check").Count > 0)
            {
                throw new InvalidOperationException($"migration {version} leaves rows that refer to nothing");
            }

            connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version};");
            connection.Commit();
        }
        catch
        {
            connection.Rollback();
            throw;
        }
    }

    // Migrations/0001_initial.sql
    private static int VersionOf(string resource) =>
        int.Parse(resource.AsSpan("Migrations/".Length, 4), CultureInfo.InvariantCulture);
}

using Microsoft.Data.Sqlite;
using Whirr.Storage.Sqlite;

namespace Whirr.Tests.Storage;

/// <summary>Looks at databases from outside, as somebody with the sqlite3 program would.</summary>
internal static class SqliteFiles
{
    public static Task<SqliteJobStore> OpenStoreAsync(string path) =>
        SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path });

    /// <summary>The first column of what <paramref name="sql"/> returns.</summary>
    public static List<string> Query(string path, string sql)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Every file of a directory with its content, to see that nothing was touched.</summary>
    public static SortedDictionary<string, string> Snapshot(string directory) => new(
        Directory.EnumerateFiles(directory).ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path))));
}

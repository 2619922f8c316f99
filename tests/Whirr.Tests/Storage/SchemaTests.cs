using System.Reflection;
using Whirr.Storage.Sqlite;
using Whirr.Storage.Sqlite.Access;
using Whirr.Tests.Architecture;

namespace Whirr.Tests.Storage;

public sealed class SchemaTests : IDisposable
{
    private const int TimeLimit = 30_000;

    private static readonly List<FieldInfo> QueryFields = [.. typeof(Queries).GetFields(BindingFlags.Static | BindingFlags.Public)];

    private readonly TemporaryDirectory _directory = new();

    private string Database => _directory.File("whirr.db");

    public static TheoryData<string> QueryNames => [.. QueryFields.Select(NameOf)];

    [Fact(Timeout = TimeLimit)]
    public async Task The_schema_is_the_golden_one()
    {
        await (await SqliteFiles.OpenStoreAsync(Database)).DisposeAsync();
        var schema = string.Join(
            "\n\n",
            SqliteFiles.Query(Database, "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY type, name")) + "\n";
        var golden = Path.Combine(RepositoryRoot.Path, "tests/Whirr.Tests/Storage/golden_schema.sql");
        if (Environment.GetEnvironmentVariable("WHIRR_WRITE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, schema);
        }

        Assert.True(
            await File.ReadAllTextAsync(golden) == schema,
            $"the schema differs from {golden}; if a new migration means it to, run this test with WHIRR_WRITE_GOLDEN=1 and commit the file");
    }

    [Fact]
    public void Migrations_are_numbered_without_a_gap_and_say_why()
    {
        var names = EmbeddedSql.List("Migrations");

        Assert.Equal(SqliteJobStore.NewestSchemaVersion, names.Count);
        Assert.Equal(Enumerable.Range(1, names.Count).Select(number => $"Migrations/{number:0000}_"), names.Select(name => name[..16]));
        Assert.All(names, name =>
        {
            var lines = EmbeddedSql.Read(name).Split('\n');
            Assert.StartsWith("-- why: ", lines[0], StringComparison.Ordinal);
            Assert.Matches("^-- breaking: (yes|no)$", lines[1]);
        });
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(QueryNames))]
    public async Task Every_query_can_be_prepared(string name)
    {
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        using var connection = SqliteFiles.Connect(Database);

        using var statement = new Statement(connection.Handle!, EmbeddedSql.Read($"Queries/{name}.sql"));

        Assert.All(statement.Parameters, parameter => Assert.Matches("^[a-z0-9_]+$", parameter));
    }

    [Fact]
    public void Query_files_and_names_are_the_same() => Assert.Equal(
        EmbeddedSql.List("Queries"),
        QueryFields.Select(query => $"Queries/{NameOf(query)}.sql").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_query_is_used()
    {
        var used = typeof(SqliteJobStore).Assembly.GetTypes()
            .Where(type => type != typeof(Queries))
            .SelectMany(type => type.GetMembers(
                BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .OfType<MethodBase>()
            .SelectMany(LoadedFields)
            .ToHashSet();

        Assert.Empty(QueryFields.Where(field => !used.Contains(field.MetadataToken)).Select(field => field.Name));
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("select_next_jobs")]
    [InlineData("list_newest_first")]
    [InlineData("list_oldest_first")]
    [InlineData("list_queue_order")]
    [InlineData("list_queue_order_ties")]
    [InlineData("list_events")]
    [InlineData("find_job")]
    [InlineData("find_existing_job")]
    [InlineData("find_environment_id")]
    [InlineData("move_job_of_attempt")]
    [InlineData("find_lease")]
    [InlineData("list_attempts_of")]
    [InlineData("end_pause")]
    public async Task Frequent_queries_walk_an_index_and_sort_nothing(string name)
    {
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        using var connection = SqliteFiles.Connect(Database);
        using var explain = new Statement(connection.Handle!, "EXPLAIN QUERY PLAN " + EmbeddedSql.Read($"Queries/{name}.sql"));

        var plan = explain.All(static row => row.Text("detail"));

        Assert.Contains(plan, step => step.StartsWith("SEARCH", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.DoesNotContain(
            plan,
            step => step.StartsWith("SCAN", StringComparison.Ordinal)
                && !step.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
                && !step.Contains("CONSTANT ROW", StringComparison.Ordinal));
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("list_newest_first", "(state=? AND id<?)")]
    [InlineData("list_oldest_first", "(state=? AND id>?)")]
    [InlineData("list_queue_order", "(state=? AND is_blocked=? AND (rank,created_at)>(?,?))")]
    [InlineData("list_queue_order_ties", "(state=? AND is_blocked=? AND rank=? AND created_at=? AND id>?)")]
    public async Task The_page_after_another_starts_within_the_index(string name, string bounds)
    {
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        using var connection = SqliteFiles.Connect(Database);
        using var explain = new Statement(connection.Handle!, "EXPLAIN QUERY PLAN " + EmbeddedSql.Read($"Queries/{name}.sql"));

        Assert.Contains(explain.All(static row => row.Text("detail")), step => step.EndsWith(bounds, StringComparison.Ordinal));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Events_cannot_be_changed()
    {
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        using var connection = SqliteFiles.Connect(Database);
        SqliteFiles.Query(Database, "PRAGMA foreign_keys = OFF; INSERT INTO events VALUES (1, 1, 1, 1, 0, 1, 1, 0, NULL)");

        var error = Assert.ThrowsAny<Exception>(() => SqliteFiles.Query(Database, "UPDATE events SET at = 2"));

        Assert.Contains("events are append-only", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string NameOf(FieldInfo query) => ((Query)query.GetValue(null)!).Name;

    // ldsfld (ECMA-335, III.4.14): 0x7E and a 4-byte metadata token, which for the fields of one assembly is unambiguous.
    private static IEnumerable<int> LoadedFields(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var offset = 0; offset + 5 <= code.Length; offset++)
        {
            if (code[offset] == 0x7E)
            {
                yield return BitConverter.ToInt32(code, offset + 1);
            }
        }
    }
}

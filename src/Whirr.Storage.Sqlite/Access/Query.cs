namespace Whirr.Storage.Sqlite.Access;

/// <summary>One SQL operation: the embedded file <c>Queries/NAME.sql</c>.</summary>
internal sealed class Query(string name)
{
    public string Name { get; } = name;
    public string Sql { get; } = EmbeddedSql.Read($"Queries/{name}.sql");
}

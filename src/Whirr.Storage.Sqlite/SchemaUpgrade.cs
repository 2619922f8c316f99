namespace Whirr.Storage.Sqlite;

/// <summary>A database was brought to the schema of this build.</summary>
/// <param name="From">Its version before.</param>
/// <param name="Backup">Path of a complete copy of the database as it was; it is kept.</param>
public sealed record SchemaUpgrade(int From, string Backup);

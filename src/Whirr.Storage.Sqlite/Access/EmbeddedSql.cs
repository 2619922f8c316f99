using System.Reflection;

namespace Whirr.Storage.Sqlite.Access;

/// <summary>The SQL files inside the assembly.</summary>
internal static class EmbeddedSql
{
    /// <summary>The text of <paramref name="name"/>, e.g. <c>Queries/find_job.sql</c>.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly has no resource {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The names of the files in <paramref name="folder"/>, in ordinal order.</summary>
    public static IReadOnlyList<string> List(string folder) =>
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
}

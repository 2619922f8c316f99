using System.Runtime.CompilerServices;

namespace Whirr.EndToEnd.Harness;

/// <summary>The published programs under test.</summary>
internal static class Programs
{
    private static readonly string Directory = Environment.GetEnvironmentVariable("WHIRR_PROGRAMS") ?? Path.Combine(RepositoryRoot(), "artifacts", "whirr");

    public static string Whirrd => Find("whirrd");

    public static string Whirrctl => Find("whirrctl");

    public static string Keeper => Find("whirr-keeper");

    /// <summary>Where the Python package can be imported from.</summary>
    public static string PythonPackage { get; } = Path.Combine(RepositoryRoot(), "src", "python");

    private static string Find(string name)
    {
        var path = Path.Combine(Directory, name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: run `make publish` first");
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

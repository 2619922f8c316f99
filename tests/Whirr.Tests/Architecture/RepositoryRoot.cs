using System.Runtime.CompilerServices;

namespace Whirr.Tests.Architecture;

/// <summary>Finds the sources that the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        for (var directory = new DirectoryInfo(here).Parent; directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Whirr.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Whirr.sln above {here}");
    }
}

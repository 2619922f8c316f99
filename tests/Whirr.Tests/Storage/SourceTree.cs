namespace Whirr.Tests.Storage;

/// <summary>Files of the repository that tests compare with.</summary>
internal static class SourceTree
{
    private static readonly string Root = FindRoot();

    public static string File(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(directory, "Whirr.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        return directory;
    }
}

namespace Whirr.Cli.Failures;

/// <summary>Why a file or directory could not be used, in words.</summary>
/// <remarks>The messages of the framework are left out of the program to keep it small; these stand in for the cases that occur.</remarks>
internal static class FileProblem
{
    /// <summary>True for what the file system throws.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>E.g. <c>no such file</c>.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException => "no such file",
        DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied, or it is a directory",
        PathTooLongException => "the path is too long",
        IOException { HResult: > 0 and < 4096 } io => ErrorNumber.Describe(io.HResult),
        _ => "it cannot be read or written",
    };
}

using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Machine;

/// <summary>getcwd(3).</summary>
/// <remarks>The framework's own reading of it replaces bytes that are not UTF-8, and the result is the name of another directory.</remarks>
internal static partial class CurrentDirectory
{
    // PATH_MAX: the kernel does not tell longer paths.
    private const int LongestPath = 4096;

    /// <summary>Its absolute path.</summary>
    /// <exception cref="CommandFailure">It was removed, may not be seen, or its path is not UTF-8.</exception>
    public static string Get()
    {
        Span<byte> path = stackalloc byte[LongestPath];
        if (SysGetcwd(ref path[0], LongestPath) == 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new CommandFailure(FailureKind.Files, error == ErrorNumber.NoSuchFile
                ? "the current directory is not there any more. Go to one that is (`cd`) and try again."
                : $"the current directory cannot be found: {ErrorNumber.Describe(error)}. Go to another one (`cd`) and try again.");
        }

        path = path[..path.IndexOf((byte)0)];
        return Utf8.IsValid(path)
            ? Encoding.UTF8.GetString(path)
            : throw new CommandFailure(
                FailureKind.Files,
                "the path of the current directory is not UTF-8, and only UTF-8 can be sent. Rename it, or go to another one (`cd`).");
    }

    [LibraryImport("libc", EntryPoint = "getcwd", SetLastError = true)]
    private static partial nint SysGetcwd(ref byte buffer, nuint size);
}

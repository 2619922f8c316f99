using System.Runtime.InteropServices;

namespace Whirr.Cli.Failures;

/// <summary>errno(3) values in words.</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OtherDevice = 18;
    public const int NotADirectory = 20;
    public const int Invalid = 22;
    public const int TooLarge = 27;
    public const int BrokenPipe = 32;
    public const int NoSuchCall = 38;

    /// <summary>As strerror(3), starting with a small letter: <c>no space left on device</c>.</summary>
    public static string Describe(int number)
    {
        var text = Marshal.GetPInvokeErrorMessage(number);
        return text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}

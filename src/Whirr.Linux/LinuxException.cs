using System.Runtime.InteropServices;

namespace Whirr.Linux;

/// <summary>A system call failed.</summary>
/// <param name="what">What was to be done, e.g. <c>open /run/x</c>.</param>
/// <param name="errno">The error number (errno(3)).</param>
public sealed class LinuxException(string what, int errno) : IOException($"{what}: {Describe(errno)}")
{
    /// <summary>The error number.</summary>
    public int Errno { get; } = errno;

    /// <summary>The text of an error number, as strerror(3) has it.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>The failure of the call that has just returned -1.</summary>
    internal static LinuxException Last(string what) => new(what, Marshal.GetLastPInvokeError());
}

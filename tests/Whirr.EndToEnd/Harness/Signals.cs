using System.Runtime.InteropServices;

namespace Whirr.EndToEnd.Harness;

/// <summary>Sends signals to processes that the tests started.</summary>
internal static partial class Signals
{
    public static void Send(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
        {
            throw new InvalidOperationException($"kill({pid}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

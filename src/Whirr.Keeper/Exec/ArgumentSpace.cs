using Whirr.Linux.Processes;

namespace Whirr.Keeper.Exec;

/// <summary>Room for long command lines.</summary>
internal static unsafe class ArgumentSpace
{
    private const int StackLimit = 3;

    /// <summary>The kernel takes no more than this for arguments, environment and their pointers together, whatever the stack (execve(2)).</summary>
    private const ulong Most = 6 << 20;

    /// <summary>Raises the soft limit of the stack where that is needed: the kernel lets arguments and environment have a quarter of it.</summary>
    /// <remarks>Only for a command that could not be started otherwise, as the limit is also the default stack size of the job's threads.</remarks>
    public static void MakeRoom(byte** arguments, int argumentBytes, byte** environment, int environmentBytes)
    {
        var pointers = Count(arguments) + Count(environment) + 2;
        var needed = (ulong)argumentBytes + (ulong)environmentBytes + ((ulong)pointers * (ulong)sizeof(byte*)) + 4096;
        var (soft, hard) = CurrentProcess.GetLimit(StackLimit);
        if (needed > soft / 4 && needed <= Most)
        {
            CurrentProcess.SetLimit(StackLimit, Math.Min(4 * needed, hard), hard);
        }
    }

    private static int Count(byte** strings)
    {
        var count = 0;
        while (strings[count] is not null)
        {
            count++;
        }

        return count;
    }
}

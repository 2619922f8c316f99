using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int SigBlock = 0;
    internal const int SigSetMask = 2;

    [LibraryImport(Name, EntryPoint = "pthread_sigmask")]
    internal static partial int PthreadSigmask(int how, SignalSet* set, SignalSet* old);

    [LibraryImport(Name, EntryPoint = "signalfd", SetLastError = true)]
    internal static partial int SignalFd(int fd, SignalSet* mask, int flags);

    /// <summary>sigset_t of glibc: 1,024 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SignalSet
    {
        private fixed ulong _bits[16];

        internal void Add(int signal) => _bits[(signal - 1) / 64] |= 1UL << ((signal - 1) % 64);

        internal static SignalSet Of(ReadOnlySpan<int> signals)
        {
            SignalSet set = default;
            foreach (var signal in signals)
            {
                set.Add(signal);
            }

            return set;
        }

        /// <summary>All signals but 32 and 33, which glibc keeps for itself.</summary>
        internal static SignalSet Full()
        {
            SignalSet set = default;
            for (var signal = 1; signal <= 64; signal++)
            {
                if (signal is not (32 or 33))
                {
                    set.Add(signal);
                }
            }

            return set;
        }
    }
}

using System.Runtime.InteropServices;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Machine;

/// <summary>Keys as they are typed at the terminal of standard input: termios(3).</summary>
internal sealed partial class KeyReader : IDisposable
{
    /// <summary>The key that ends a program; SIGTERM and SIGHUP type it, too.</summary>
    public const char Quit = 'q';

    // struct termios of Linux: four words of flags, then c_line and the control characters. No machine has a larger one.
    private const int StructureSize = 128;
    private const int LocalFlagsAt = 12;
    private const uint LineMode = 2;
    private const uint Echo = 8;
    private const int Now = 0;
    private const int StandardInput = 0;

    private readonly byte[] _before = new byte[StructureSize];
    private readonly PosixSignalRegistration[] _signals;

    private KeyReader(byte[] before, Action<char> typed)
    {
        before.CopyTo(_before, 0);

        // Whoever is told to end leaves the terminal as it was.
        _signals = Array.ConvertAll(
            (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP],
            signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                typed(Quit);
            }));
    }

    /// <summary>Starts to read; null when standard input is no terminal.</summary>
    /// <param name="typed">Gets each byte, on a thread of its own.</param>
    public static KeyReader? Start(Action<char> typed)
    {
        var settings = new byte[StructureSize];
        if (SysGetAttributes(StandardInput, ref settings[0]) != 0)
        {
            return null;
        }

        var reader = new KeyReader(settings, typed);
        ref var flags = ref MemoryMarshal.AsRef<uint>(settings.AsSpan(LocalFlagsAt));
        flags &= ~(LineMode | Echo);
        _ = SysSetAttributes(StandardInput, Now, ref settings[0]);

        // It ends with the program: a read that waits for a key cannot be called off.
        new Thread(() => Read(typed)) { IsBackground = true, Name = "keys" }.Start();
        return reader;
    }

    public void Dispose()
    {
        _ = SysSetAttributes(StandardInput, Now, ref _before[0]);
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private static void Read(Action<char> typed)
    {
        byte key = 0;
        while (true)
        {
            var read = SysRead(StandardInput, ref key, 1);
            if (read == 1)
            {
                typed((char)key);
            }
            else if (read == 0 || Marshal.GetLastPInvokeError() != ErrorNumber.Interrupted)
            {
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int SysGetAttributes(int descriptor, ref byte settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SysSetAttributes(int descriptor, int when, ref byte settings);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint SysRead(int descriptor, ref byte to, nuint count);
}

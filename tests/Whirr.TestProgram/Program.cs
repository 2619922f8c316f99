using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Whirr.TestProgram;

/// <summary>The child that does one thing, well or badly, so that a test can see what is made of it.</summary>
internal static partial class Program
{
    private const int SigTerm = 15;
    private const int Ignore = 1;

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["echo", .. var words]:
                Console.WriteLine(string.Join(' ', words));
                return 0;

            case ["exit", var code]:
                return int.Parse(code);

            // Prints the value of a variable, or the whole environment.
            case ["env", var name]:
                Console.WriteLine(Environment.GetEnvironmentVariable(name) ?? "(not set)");
                return 0;

            case ["sleep"]:
                Thread.Sleep(Timeout.Infinite);
                return 0;

            case ["ignore-term"]:
                _ = SetSignal(SigTerm, Ignore);
                Console.WriteLine("ignoring");
                Thread.Sleep(Timeout.Infinite);
                return 0;

            // Ends with code 0 when it is asked to end, as a trainer does that saves its state first.
            case ["exit-on-term"]:
                using (var asked = new ManualResetEventSlim())
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
                {
                    context.Cancel = true;
                    asked.Set();
                }))
                {
                    Console.WriteLine("waiting");
                    asked.Wait();
                }

                return 0;

            case ["segfault"]:
                Marshal.WriteByte(0x10, 1);
                return 0;

            // Takes memory and touches it.
            case ["eat", var mebibytes]:
                // Not from the collector, which looks at the limits of its cgroup and gives up ahead of them.
                BareProcesses.Eat(int.Parse(mebibytes) << 20);
                Console.WriteLine($"ate {mebibytes}");
                return 0;

            // Proves that it ran once: the second one to make the file fails.
            case ["marker", var path]:
                using (new FileStream(path, FileMode.CreateNew))
                {
                    return 0;
                }

            // Adds a byte to a file every so many milliseconds, for as long as it lives.
            case ["append", var path, var milliseconds]:
                while (true)
                {
                    File.AppendAllText(path, "x");
                    Thread.Sleep(int.Parse(milliseconds));
                }

            // Leaves a process behind that nobody waits for, and ends.
            case ["leave", .. var command]:
                Spawn(command);
                return 0;

            // The same through a child in a session of its own that ends at once: a daemon as in the books.
            case ["leave-daemon", .. var command]:
                Spawn(["in-session", "leave", .. command]).WaitForExit();
                return 0;

            case ["in-session", .. var command]:
                _ = SetSid();
                return Main(command);

            // The same without what the environment would tell.
            case ["hidden", .. var command]:
                Spawn(command, clearEnvironment: true);
                return 0;

            // Runs a command and waits for it.
            case ["with-child", .. var command]:
                using (var child = Spawn(command))
                {
                    child.WaitForExit();
                    return child.ExitCode;
                }

            // A tree: so many children, each with so many children, so deep; all of them append to a file of their own.
            case ["tree", var width, var depth, var directory]:
                for (var i = 0; int.Parse(depth) > 0 && i < int.Parse(width); i++)
                {
                    Spawn(["tree", width, $"{int.Parse(depth) - 1}", directory]);
                }

                return Main(["append", $"{directory}/{Environment.ProcessId}", "5"]);

            // Each process forks the next and exits.
            case ["chain"]:
                BareProcesses.Chain(ownSessions: false);
                return 0;

            // The same, each in a session of its own.
            case ["chain-of-sessions"]:
                BareProcesses.Chain(ownSessions: true);
                return 0;

            // A tree of processes that do nothing: so many children, so deep.
            case ["bare-tree", var width, var depth]:
                BareProcesses.Tree(int.Parse(width), int.Parse(depth));
                Console.WriteLine("grown");
                Thread.Sleep(Timeout.Infinite);
                return 0;

            // Leaves a process that was forked twice, has a session of its own and no open files.
            case ["leave-closed"]:
                BareProcesses.LeaveDaemon();
                return 0;

            // Starts processes until it may not, and says how many it got.
            case ["fill-up"]:
                BareProcesses.FillAndTell(1000);
                return 0;

            default:
                Console.Error.WriteLine($"whirr-test-program does not know: {string.Join(' ', args)}");
                return 64;
        }
    }

    private static Process Spawn(string[] command, bool clearEnvironment = false)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, command);
        if (clearEnvironment)
        {
            start.Environment.Clear();
        }

        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);
}

namespace Whirr.Domain.Jobs;

/// <summary>Names of the Linux signals (signal(7), x86 and ARM numbering).</summary>
public static class SignalNames
{
    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
        "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The number of a signal that is named as <c>TERM</c>, <c>SIGTERM</c> (any case) or <c>15</c>; null when there is none.</summary>
    public static int? Find(string text)
    {
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return number is >= 1 and <= 64 ? number : null;
        }

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text : $"SIG{text}";
        var index = Array.FindIndex(Names, known => known.Length > 0 && string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
        return index > 0 ? index : null;
    }

    /// <summary>The name of signal <paramref name="number"/>, e.g. <c>SIGTERM</c>; real-time signals as <c>SIGRTMIN+n</c>.</summary>
    public static string Describe(int number) => number switch
    {
        >= 1 and < 32 => Names[number],
        >= 34 and <= 64 => $"SIGRTMIN+{number - 34}",
        _ => $"signal {number}",
    };
}

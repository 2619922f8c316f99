namespace Whirr.Notices.Programs;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0..255, or 128 + signal.</param>
/// <param name="TimedOut">It was killed because its time was up.</param>
/// <param name="Complaint">The beginning of what it printed, in one line.</param>
internal readonly record struct HookResult(int ExitCode, bool TimedOut, string Complaint)
{
    /// <summary>What to say about it after its name.</summary>
    public string Sentence(TimeSpan limit) =>
        (TimedOut ? $"did not end within {limit.TotalSeconds:0} s and was killed" : $"ended with {ExitCode}") + (Complaint.Length > 0 ? $": {Complaint}" : "");
}

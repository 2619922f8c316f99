namespace Whirr.Cli.Diagnosis;

/// <summary>The result of one check.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,
    Warn,
    Fail,
}

/// <summary>What one check of <c>doctor</c> found.</summary>
/// <param name="Name">One word.</param>
/// <param name="Result">How serious it is.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">How to mend it; empty when there is nothing to mend.</param>
internal sealed record Finding(string Name, Verdict Result, string Detail, string Advice)
{
    public static Finding Ok(string name, string detail) => new(name, Verdict.Ok, detail, "");
    public static Finding Note(string name, string detail, string advice = "") => new(name, Verdict.Note, detail, advice);
    public static Finding Warn(string name, string detail, string advice) => new(name, Verdict.Warn, detail, advice);
    public static Finding Fail(string name, string detail, string advice) => new(name, Verdict.Fail, detail, advice);
}

/// <summary>Words of verdicts.</summary>
internal static class Verdicts
{
    /// <summary>The word in JSON.</summary>
    public static string ToWord(this Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Note => "note",
        Verdict.Warn => "warn",
        _ => "fail",
    };
}

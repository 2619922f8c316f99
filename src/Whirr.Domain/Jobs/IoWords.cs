namespace Whirr.Domain.Jobs;

/// <summary>I/O priorities in the words of ionice(1).</summary>
public static class IoWords
{
    /// <summary>Reads <c>idle</c>, <c>best-effort</c> (level 4) or <c>best-effort:LEVEL</c>.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static IoPriority Parse(string text) => text.Split(':') switch
    {
        ["idle"] => new IoPriority(IoClass.Idle, 0),
        ["best-effort"] => new IoPriority(IoClass.BestEffort, 4),
        ["best-effort", [>= '0' and <= '7' and var level]] => new IoPriority(IoClass.BestEffort, level - '0'),
        _ => throw new FormatException($"ionice: \"{text}\" is neither idle, best-effort nor best-effort:0 to best-effort:7"),
    };

    /// <summary>The words of a priority.</summary>
    public static string Format(IoPriority priority) =>
        priority.Class == IoClass.Idle ? "idle" : $"best-effort:{priority.Level}";
}

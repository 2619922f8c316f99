namespace Whirr.Torture.Checks;

/// <summary>What must never happen.</summary>
internal enum Invariant
{
    /// <summary>What was acknowledged is there, ends, and stays as it ended.</summary>
    Lost,

    /// <summary>Nothing runs twice, at the same time or after it had ended.</summary>
    Twice,

    /// <summary>When an attempt has ended, nothing of it is left: process, directory, cgroup.</summary>
    LeftBehind,

    /// <summary>What the record says about an end is what was done.</summary>
    WrongReason,
}

/// <summary>One time that it happened.</summary>
internal sealed record Finding(Invariant Invariant, string Evidence);

/// <summary>What the checks found, and how much they looked at.</summary>
internal sealed class Findings
{
    private readonly Dictionary<Invariant, long> _looks = [];
    private readonly List<Finding> _found = [];

    public IReadOnlyList<Finding> Found => _found;

    public long Looks(Invariant invariant) => _looks.GetValueOrDefault(invariant);

    public int Count(Invariant invariant) => _found.Count(finding => finding.Invariant == invariant);

    /// <summary>Notes that a fact was looked at, and what is wrong with it; null: nothing.</summary>
    public void Look(Invariant invariant, string? wrong)
    {
        _looks[invariant] = Looks(invariant) + 1;
        if (wrong is not null)
        {
            _found.Add(new Finding(invariant, wrong));
        }
    }
}

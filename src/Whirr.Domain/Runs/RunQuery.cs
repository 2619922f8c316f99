using System.IO.Enumeration;
using Whirr.Domain.Jobs;

namespace Whirr.Domain.Runs;

/// <summary>Which runs, in which order, and which page of them.</summary>
public sealed record RunQuery
{
    /// <summary>Runs of this user; null: of everybody.</summary>
    public uint? OwnerUid { get; init; }

    /// <summary>Only runs in these directories of runs; empty: everywhere.</summary>
    public IReadOnlyList<string> OnlyRoots { get; init; } = [];

    /// <summary>Any of these; empty: all.</summary>
    public IReadOnlyList<JobState> States { get; init; } = [];

    /// <summary>All of these.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Part of the name, in any case; with <c>*</c> or <c>?</c> a pattern for the whole name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Words that name, tags, note or config contain, all of them; one may end with <c>*</c>. The store looks for them.</summary>
    public string Text { get; init; } = "";

    public RunCondition? Where { get; init; }
    public RunOrder Order { get; init; } = RunOrder.NewestFirst;

    /// <summary>At most this many.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>The last run of the page before; null for the first page.</summary>
    public RunPlace? After { get; init; }

    /// <summary>The words of <see cref="Text"/>.</summary>
    public IReadOnlyList<string> Words => Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True when every run of the owner is one of them, as far as that can be told without <see cref="Text"/>.</summary>
    public bool MatchesAllOfOwner => OnlyRoots.Count == 0 && States.Count == 0 && Tags.Count == 0 && Name.Length == 0 && Where is null;

    /// <summary>True when <paramref name="run"/> is one of them, as far as that can be told without <see cref="Text"/>.</summary>
    public bool Matches(RunEntry run) =>
        (OwnerUid is not { } owner || run.OwnerUid == owner)
        && (OnlyRoots.Count == 0 || OnlyRoots.Contains(run.Root))
        && (States.Count == 0 || States.Contains(run.State))
        && Tags.All(tag => run.Tags.Contains(tag))
        && IsNamed(run.Name)
        && (Where is null || Where.Matches(run));

    private bool IsNamed(string name) =>
        Name.Length == 0
        || (Name.AsSpan().ContainsAny('*', '?')
            ? FileSystemName.MatchesSimpleExpression(Name, name, ignoreCase: true)
            : name.Contains(Name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A page of runs.</summary>
/// <param name="Runs">The runs, in order.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Where the next page begins; null: there is none.</param>
public sealed record RunPage(IReadOnlyList<RunEntry> Runs, long Total, RunPlace? Next);

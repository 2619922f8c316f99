namespace Whirr.Storage.Sqlite.Columns;

/// <summary>What keeps a queued job from being claimed: the bits of the column <c>blocked</c>. They are stored; never renumber them.</summary>
[Flags]
internal enum Blocks
{
    None = 0,

    /// <summary>It pauses before a retry; <c>eligible_at</c> says until when.</summary>
    Pausing = 1,
}

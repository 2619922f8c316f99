namespace Whirr.KeeperContract;

/// <summary>Something that the script of a job wants people to know.</summary>
/// <param name="At">When the keeper saw it. Grows by a millisecond at least from one alert of an attempt to the next, so that it names one.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Title">At most 200 characters.</param>
/// <param name="Text">At most 2,000 characters; may be empty.</param>
public sealed record JobAlert(DateTimeOffset At, string Level, string Title, string Text)
{
    /// <summary>How many a keeper has in its hands at most: with all of them an exit record still fits into
    /// <see cref="KeeperProtocol.MaxFrameBytes"/>, whatever characters they are made of.</summary>
    public const int MostUnheard = 61;
}

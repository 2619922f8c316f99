namespace Whirr.Torture.Faults;

/// <summary>How a life of the daemon ends.</summary>
internal interface IDeath
{
    /// <summary>Where the daemon must have been told to kill itself when it was started; null: nowhere.</summary>
    string? FaultPoint { get; }

    /// <summary>Ends it, or finds it ended.</summary>
    Task DieAsync(Scene scene, Dice dice);
}

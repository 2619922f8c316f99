namespace Whirr.Keeper.Exec;

/// <summary>A step of the start that failed.</summary>
/// <param name="Stage">Which one.</param>
/// <param name="Errno">The error number (errno(3)); 0 for none.</param>
/// <param name="Sentence">The same for the user.</param>
internal sealed record StartFailure(string Stage, int Errno, string Sentence);

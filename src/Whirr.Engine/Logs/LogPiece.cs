namespace Whirr.Engine.Logs;

/// <summary>A piece of a job's output.</summary>
/// <param name="Offset">Where it starts, in bytes.</param>
/// <param name="Data">The bytes; empty when there is nothing (more) now.</param>
/// <param name="NextOffset">Where to go on: the end of this piece, or of what is left out after it.</param>
/// <param name="Ended">The job has ended and the log is complete up to there.</param>
public sealed record LogPiece(long Offset, ReadOnlyMemory<byte> Data, long NextOffset, bool Ended);

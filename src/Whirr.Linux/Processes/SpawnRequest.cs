using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Processes;

/// <summary>A program to be started.</summary>
public sealed record SpawnRequest
{
    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c> entries.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Which descriptor the program gets under which number. All others are closed, but for 0, 1 and 2.</summary>
    public IReadOnlyList<(Fd Ours, int Theirs)> Descriptors { get; init; } = [];

    /// <summary>Start it in a session of its own (setsid(2)).</summary>
    public bool NewSession { get; init; }

    /// <summary>Start it with all signals blocked, otherwise with none. All have their default action.</summary>
    public bool BlockSignals { get; init; }
}

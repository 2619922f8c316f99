using System.CommandLine;

namespace Whirr.Cli.Syntax;

/// <summary>A subcommand, with what its help says beyond its options.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>What follows the verb in the usage line, e.g. <c>ID... | --all-queued</c>.</summary>
    public required string Usage { get; init; }

    /// <summary>Command lines shown under "Examples:".</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Options that the help shows under a heading of their own; <see cref="AddGroups"/> gives them to the verb.</summary>
    public IReadOnlyList<(string Heading, IReadOnlyList<Option> Options)> Groups { get; private set; } = [];

    /// <summary>What else the help must say.</summary>
    public string? Notes { get; init; }

    /// <summary>True when the first word that is not an option begins the user's own command line, see <see cref="CommandTail"/>.</summary>
    public bool TakesCommand { get; init; }

    /// <summary>That command line, as it was typed.</summary>
    public IReadOnlyList<string> UserCommand { get; set; } = [];

    /// <summary>Adds options under headings.</summary>
    public void AddGroups(IReadOnlyList<(string Heading, IReadOnlyList<Option> Options)> groups)
    {
        Groups = groups;
        foreach (var (_, options) in groups)
        {
            foreach (var option in options)
            {
                Add(option);
            }
        }
    }

    /// <summary>Sets what the verb does.</summary>
    public Verb Does(Surroundings surroundings, Func<Session, Task<int>> act)
    {
        SetAction(async (options, _) =>
        {
            using var session = new Session(surroundings, options);
            return await act(session);
        });
        return this;
    }
}

using System.Buffers;
using System.CommandLine;

namespace Whirr.Cli.Syntax;

/// <summary>Finds where our part of a command line ends and the user's command begins.</summary>
/// <remarks>
/// <c>whirrctl submit -n lr python train.py --lr 0.1 -n 3</c>: everything from the first word that is not an option of ours, or after
/// <c>--</c>, belongs to the job and is never looked at by a parser.
/// </remarks>
internal static class CommandTail
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    /// <summary>Splits the words after the name of <paramref name="verb"/>.</summary>
    /// <param name="verb">Its options tell which words are values.</param>
    /// <param name="common">Options that are not the verb's own.</param>
    /// <param name="words">The words after the verb.</param>
    /// <returns>Our part, and the user's command (empty when there is none).</returns>
    public static (IReadOnlyList<string> Ours, IReadOnlyList<string> Command) Split(
        Command verb,
        IEnumerable<Option> common,
        IReadOnlyList<string> words)
    {
        var options = verb.Options.Concat(common).ToList();
        for (var at = 0; at < words.Count; at++)
        {
            var word = words[at];
            if (word == "--")
            {
                return (words.Take(at).ToList(), words.Skip(at + 1).ToList());
            }

            if (word.Length < 2 || word[0] != '-')
            {
                return (words.Take(at).ToList(), words.Skip(at).ToList());
            }

            if (TakesNextWord(options, word))
            {
                at++;
            }

            // -c lr=0.1 seed=3 python train.py: settings go on as long as words look like settings.
            while (TakesMore(options, word) && at + 1 < words.Count && IsSetting(words[at + 1]))
            {
                at++;
            }
        }

        return (words, []);
    }

    /// <summary>True when <paramref name="word"/> is an option, or a bundle like <c>-qn</c>, whose value is the word after it.</summary>
    public static bool TakesNextWord(IReadOnlyCollection<Option> options, string word)
    {
        if (Find(options, word) is { } exact)
        {
            return exact.Arity.MinimumNumberOfValues > 0;
        }

        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        // -qn NAME: flags, then one that takes a value. -nNAME has its value in the same word.
        for (var letter = 1; letter < word.Length; letter++)
        {
            if (Find(options, "-" + word[letter]) is not { } option)
            {
                return false;
            }

            if (option.Arity.MinimumNumberOfValues > 0)
            {
                return letter == word.Length - 1;
            }
        }

        return false;
    }

    private static bool TakesMore(List<Option> options, string word) => Find(options, word) is { AllowMultipleArgumentsPerToken: true };

    /// <summary>True for <c>key=value</c> and <c>@file</c>; the name of a program looks like neither.</summary>
    private static bool IsSetting(string word)
    {
        var equals = word.IndexOf('=');
        return word.StartsWith('@')
            || (equals > 0 && word[0] != '-' && word.AsSpan(0, equals).IndexOfAnyExcept(KeyCharacters) < 0);
    }

    private static Option? Find(IEnumerable<Option> options, string word)
    {
        foreach (var option in options)
        {
            if (option.Name == word || option.Aliases.Contains(word))
            {
                return option;
            }
        }

        return null;
    }
}

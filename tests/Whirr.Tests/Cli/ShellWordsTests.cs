using FsCheck;
using FsCheck.Fluent;
using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("python train.py --lr 0.1", "python", "train.py", "--lr", "0.1")]
    [InlineData("  a \t b  ", "a", "b")]
    [InlineData("a 'b c' d", "a", "b c", "d")]
    [InlineData("a \"b c\" d", "a", "b c", "d")]
    [InlineData("a'b'\"c\"d", "abcd")]
    [InlineData("a ''  \"\"", "a", "", "")]
    [InlineData(@"a\ b c\'d", "a b", "c'd")]
    [InlineData(@"""a\""b\\c\$d\e""", @"a""b\c$d\e")]
    [InlineData(@"'a\b'", @"a\b")]
    [InlineData("echo $HOME *.txt ~", "echo", "$HOME", "*.txt", "~")]
    [InlineData("run a#b # the rest is a comment", "run", "a#b")]
    [InlineData("sh -c 'a | b > c; d &'", "sh", "-c", "a | b > c; d &")]
    public void A_line_is_split_as_a_shell_does_it(string line, params string[] expected)
    {
        Assert.True(ShellWords.TrySplit(line, out var words, out _));
        Assert.Equal(expected, words);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \t")]
    [InlineData("# a comment")]
    [InlineData("   # a comment with 'an open quote")]
    public void Blank_lines_and_comments_have_no_words(string line)
    {
        Assert.True(ShellWords.TrySplit(line, out var words, out _));
        Assert.Empty(words);
    }

    [Theory]
    [InlineData("a 'b", "column 3")]
    [InlineData("a \"b\\\"", "column 3")]
    [InlineData("a \\", "backslash")]
    [InlineData("a > b", "column 3")]
    [InlineData("a|b", "column 2")]
    [InlineData("a && b", "'&'")]
    public void What_cannot_be_meant_is_refused_and_named(string line, string part)
    {
        Assert.False(ShellWords.TrySplit(line, out _, out var problem));
        Assert.Contains(part, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain-1.0/x=y", "plain-1.0/x=y")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("a\nb'", @"$'a\nb\''")]
    [InlineData("\u001b[31m", @"$'\x1b[31m'")]
    [InlineData("größe", "größe")]
    public void A_word_is_quoted_only_when_it_must_be(string word, string quoted) => Assert.Equal(quoted, ShellWords.Quote(word));

    [Fact]
    public void Words_without_control_characters_survive_joining_and_splitting() => Prop.ForAll<string[]>(words =>
    {
        var plain = Array.ConvertAll(words ?? [], word => string.Concat((word ?? "").Where(c => !SafeText.IsUnsafe(c))));
        return ShellWords.TrySplit(ShellWords.Join(plain), out var split, out _) && split.SequenceEqual(plain);
    }).QuickCheckThrowOnFailure();
}

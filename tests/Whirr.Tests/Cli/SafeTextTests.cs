using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("train.py", "train.py")]
    [InlineData("größe 中文 🙂", "größe 中文 🙂")]
    [InlineData("a\nb\tc\r", @"a\nb\tc\r")]
    [InlineData("\u001b[2J", @"\x1b[2J")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("abc\u202egnp.exe", @"abc\u202egnp.exe")]
    [InlineData("\u2028", @"\u2028")]
    public void What_could_steer_a_terminal_is_escaped(string text, string expected) => Assert.Equal(expected, SafeText.Escape(text));

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("a🙂bcd", 3, "a…")]
    public void A_long_text_is_cut_between_characters(string text, int width, string expected) => Assert.Equal(expected, SafeText.Cut(text, width));
}

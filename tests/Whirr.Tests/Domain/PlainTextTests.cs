using System.Text;
using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n\n", new string[0])]
    [InlineData("one\ntwo\nthree\nfour\n", new[] { "two", "three", "four" })]
    [InlineData("no newline at the end", new[] { "no newline at the end" })]
    [InlineData("10 %\r50 %\r100 %\nnext\r\n", new[] { "100 %", "next" })]
    [InlineData("\u001b[31mred\u001b[0m\n\u001b]0;title\u0007x\n\u001bcreset", new[] { "red", "x", "reset" })]
    [InlineData("  File \"a.py\"\n\tx = 1\n", new[] { "  File \"a.py\"", "    x = 1" })]
    [InlineData("a\u202egpj.exe\nb\u0000c", new[] { "a gpj.exe", "b c" })]
    public void The_last_lines_are_harmless_to_show(string output, string[] expected) =>
        Assert.Equal(expected, PlainText.LastLines(Encoding.UTF8.GetBytes(output), isWhole: true, lines: 3));

    [Fact]
    public void A_piece_that_begins_within_a_line_begins_with_the_next() =>
        Assert.Equal(["whole"], PlainText.LastLines("tail of a line\nwhole\n"u8, isWhole: false, lines: 9));

    [Fact]
    public void Bytes_that_are_no_text_and_endless_lines_are_shown_as_well_as_they_can_be()
    {
        var line = Assert.Single(PlainText.LastLines(Enumerable.Repeat((byte)0xff, 8192).ToArray(), isWhole: false, lines: 20));
        Assert.InRange(line.Length, 400, 410);
    }
}

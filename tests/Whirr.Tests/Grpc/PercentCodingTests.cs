using FsCheck.Fluent;
using Grpc.Wire;

namespace Whirr.Tests.Grpc;

public sealed class PercentCodingTests
{
    [Theory]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100 %", "100 %25")]
    [InlineData("a\r\nb\0", "a%0D%0Ab%00")]
    [InlineData("größer", "gr%C3%B6%C3%9Fer")]
    [InlineData("🚀", "%F0%9F%9A%80")]
    [InlineData("", "")]
    public void Text_has_one_encoding_and_comes_back(string text, string encoded)
    {
        Assert.Equal(encoded, PercentCoding.Encode(text));
        Assert.Equal(text, PercentCoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("50%% of%2", "50%% of%2")]
    [InlineData("%41%4", "A%4")]
    [InlineData("%c3%B6", "ö")]
    [InlineData("%FF", "\uFFFD")]
    public void What_is_no_escape_stays_as_it_is(string encoded, string text) => Assert.Equal(text, PercentCoding.Decode(encoded));

    [Fact]
    public void Any_text_becomes_printable_ascii_and_comes_back() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<FsCheck.NonNull<string>>(), text =>
        {
            var wellFormed = new string([.. text.Get.EnumerateRunes().SelectMany(rune => rune.ToString())]);
            var encoded = PercentCoding.Encode(text.Get);
            return encoded.All(c => c is >= ' ' and <= '~') && PercentCoding.Decode(encoded) == wellFormed;
        }));
}

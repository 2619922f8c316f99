using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class ByteTextTests
{
    [Theory]
    [InlineData("1048576", 1_048_576UL)]
    [InlineData("0", 0UL)]
    [InlineData("64k", 65_536UL)]
    [InlineData("512M", 536_870_912UL)]
    [InlineData("1.5G", 1_610_612_736UL)]
    [InlineData("8GiB", 8_589_934_592UL)]
    [InlineData("8 gib", 8_589_934_592UL)]
    [InlineData("2T", 2_199_023_255_552UL)]
    [InlineData("10B", 10UL)]
    public void A_size_is_read_in_powers_of_1024(string text, ulong bytes)
    {
        Assert.True(ByteText.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("-1G")]
    [InlineData("8GB")]
    [InlineData("8X")]
    [InlineData("8Gi")]
    [InlineData("1e9")]
    [InlineData("1.2.3G")]
    [InlineData("99999999999T")]
    public void What_is_no_size_or_may_be_meant_otherwise_is_refused(string text) => Assert.False(ByteText.TryParse(text, out _));
}

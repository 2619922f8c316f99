using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0, "0s")]
    [InlineData(42.9, "42s")]
    [InlineData(60, "1m 0s")]
    [InlineData(332, "5m 32s")]
    [InlineData(3_599.9, "59m 59s")]
    [InlineData(7_380, "2h 3m")]
    [InlineData(86_399, "23h 59m")]
    [InlineData(273_600, "3d 4h")]
    [InlineData(86_400 * 400, "400d 0h")]
    public void A_span_is_shown_in_its_two_largest_units(double seconds, string expected) =>
        Assert.Equal(expected, DurationText.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("90", 90)]
    [InlineData("0", 0)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m 32s", 332)]
    [InlineData("2h3m", 7_380)]
    [InlineData(" 1d ", 86_400)]
    public void A_duration_is_read_with_or_without_units(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var span));
        Assert.Equal(TimeSpan.FromSeconds(seconds), span);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("5 minutes")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999d")]
    [InlineData("1e5")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));
}

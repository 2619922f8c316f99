using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class SinceTextTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // A Monday, two minutes past seven in Berlin.
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 2, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("18:00", "2026-11-22T17:00:00Z")]
    [InlineData("7:02", "2026-11-23T06:02:00Z")]
    [InlineData("07:03", "2026-11-22T06:03:00Z")]
    [InlineData("6:30:15", "2026-11-23T05:30:15Z")]
    [InlineData("yesterday 18:00", "2026-11-22T17:00:00Z")]
    [InlineData("Yesterday", "2026-11-21T23:00:00Z")]
    [InlineData("today 1:00", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-20", "2026-11-19T23:00:00Z")]
    [InlineData("2026-11-20 08:15", "2026-11-20T07:15:00Z")]
    [InlineData("2026-11-20T08:15", "2026-11-20T07:15:00Z")]
    [InlineData("2026-11-20T08:15:30", "2026-11-20T07:15:30Z")]
    [InlineData("2026-07-20T08:15", "2026-07-20T06:15:00Z")]
    [InlineData("2026-11-20T08:15Z", "2026-11-20T08:15:00Z")]
    [InlineData("2026-11-20T08:15:30.042Z", "2026-11-20T08:15:30.042Z")]
    [InlineData("2026-11-20T08:15+05:30", "2026-11-20T02:45:00Z")]
    [InlineData("12h", "2026-11-22T18:02:00Z")]
    [InlineData("1d 30m", "2026-11-22T05:32:00Z")]
    [InlineData("2026-03-29T02:30", "2026-03-29T01:30:00Z")]
    public void A_moment_is_read_as_people_write_it(string text, string expected)
    {
        Assert.True(SinceText.TryParse(text, Now, Berlin, out var moment));
        Assert.Equal(DateTimeOffset.Parse(expected), moment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("evening")]
    [InlineData("25:00")]
    [InlineData("yesterday at six")]
    [InlineData("yesterdayish")]
    [InlineData("-3h")]
    [InlineData("2026-13-01")]
    [InlineData("23.11.2026")]
    public void Anything_else_is_not(string text) => Assert.False(SinceText.TryParse(text, Now, Berlin, out _));

    [Fact]
    public void The_evening_before_is_yesterday_at_six_whatever_the_time_is()
    {
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 17, 0, 0, TimeSpan.Zero), SinceText.Evening(Now, Berlin));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 17, 0, 0, TimeSpan.Zero), SinceText.Evening(Now.AddHours(14), Berlin));
    }
}

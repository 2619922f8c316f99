using Grpc.Wire;

namespace Whirr.Tests.Grpc;

public sealed class TimeoutCodingTests
{
    [Theory]
    [InlineData(-1, "1n")]
    [InlineData(0, "1n")]
    [InlineData(1, "100n")]
    [InlineData(999_999, "99999900n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(1_000_001, "100001u")]
    [InlineData(999_999_990, "99999999u")]
    [InlineData(999_999_991, "100000m")]
    [InlineData(TimeSpan.TicksPerDay, "86400000m")]
    [InlineData(TimeSpan.TicksPerDay * 30, "2592000S")]
    [InlineData(TimeSpan.TicksPerDay * 365 * 10, "5256000M")]
    [InlineData(TimeSpan.TicksPerDay * 365 * 200, "1752000H")]
    public void A_timeout_takes_the_finest_unit_with_room_and_is_never_cut(long ticks, string encoded) =>
        Assert.Equal(encoded, TimeoutCoding.Encode(new TimeSpan(ticks)));

    [Theory]
    [InlineData("1n", 1)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("5u", 50)]
    [InlineData("00000007m", 7 * TimeSpan.TicksPerMillisecond)]
    [InlineData("99999999S", 99_999_999 * TimeSpan.TicksPerSecond)]
    [InlineData("2M", 2 * TimeSpan.TicksPerMinute)]
    [InlineData("99999999H", 99_999_999 * TimeSpan.TicksPerHour)]
    public void Every_unit_is_read(string encoded, long ticks)
    {
        Assert.True(TimeoutCoding.TryDecode(encoded, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5s")]
    [InlineData("123456789S")]
    [InlineData("-5S")]
    [InlineData("+5S")]
    [InlineData(" 5S")]
    [InlineData("5.5S")]
    [InlineData("5 S")]
    [InlineData("٥S")]
    public void Everything_else_is_refused(string encoded) => Assert.False(TimeoutCoding.TryDecode(encoded, out _));
}

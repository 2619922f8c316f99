using System.Globalization;
using Whirr.Cli.Plots;

namespace Whirr.Tests.Cli;

public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(0.9, 9)]
    [InlineData(2, 8)]
    [InlineData(0.231, 0.2314)]
    [InlineData(1.5e-9, 2.5e-9)]
    [InlineData(3e200, 4e200)]
    [InlineData(1, 1.0000000000000002)]
    [InlineData(5, 5)]
    public void A_logarithmic_axis_of_less_than_a_decade_has_two_ticks_with_texts_that_differ_and_are_where_they_say(double low, double high)
    {
        var axis = PlotAxis.Of([low, high], isLog: true);
        foreach (var count in new[] { 2, 4, 10 })
        {
            var ticks = axis.Ticks(count);
            Assert.InRange(ticks.Count, 2, 3 * count);
            Assert.All(ticks, tick => Assert.NotEmpty(tick.Text));
            Assert.Equal(ticks.Select(tick => tick.Position).Order(), ticks.Select(tick => tick.Position));
            if (high / low > 1.0001)
            {
                Assert.Equal(ticks.Count, ticks.DistinctBy(tick => tick.Text).Count());
                Assert.All(ticks, tick => Assert.InRange(axis.Position(double.Parse(tick.Text, CultureInfo.InvariantCulture))!.Value - tick.Position, -0.01, 0.01));
            }
        }
    }

    [Fact]
    public void Values_of_less_than_a_decade_get_round_ticks() =>
        Assert.Equal(["2", "4", "6", "8"], PlotAxis.Of([1.5, 9.5], isLog: true).Ticks(4).Select(tick => tick.Text));

    [Fact]
    public void Values_of_several_decades_get_powers_of_ten() =>
        Assert.Equal(["0.001", "0.01", "0.1", "1"], PlotAxis.Of([0.0005, 2], isLog: true).Ticks(4).Select(tick => tick.Text));
}

using Whirr.Cli.Output;

namespace Whirr.Tests.Cli;

public sealed class SparklineTests
{
    [Fact]
    public void Levels_follow_the_values()
    {
        Assert.Equal("▁▂▃▄▅▆▇█", Sparkline.Draw([0, 1, 2, 3, 4, 5, 6, 7]));
        Assert.Equal("█▁", Sparkline.Draw([1e-300, -1e-300]));
        Assert.Equal("▁█", Sparkline.Draw([double.MinValue, double.MaxValue]));
    }

    [Fact]
    public void What_never_changes_is_a_line() => Assert.Equal("▄▄▄", Sparkline.Draw([5, 5, 5]));

    [Fact]
    public void What_is_not_finite_is_a_gap()
    {
        Assert.Equal("▁ █ ", Sparkline.Draw([0, double.NaN, 1, double.PositiveInfinity]));
        Assert.Equal(" ", Sparkline.Draw([double.NaN]));
        Assert.Equal("", Sparkline.Draw([]));
    }
}

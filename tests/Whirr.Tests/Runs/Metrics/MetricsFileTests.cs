using Whirr.Runs.Metrics;

namespace Whirr.Tests.Runs.Metrics;

public sealed class MetricsFileTests
{
    [Theory]
    [InlineData("metrics.jsonl", 0, null)]
    [InlineData("metrics.rank1.jsonl", 1, null)]
    [InlineData("metrics.rank12.jsonl", 12, null)]
    [InlineData("metrics.pid4711.jsonl", null, 4711)]
    public void A_name_says_whose_file_it_is(string name, int? rank, int? process) =>
        Assert.Equal(new MetricsFile(name, rank, process), MetricsFile.TryParse(name));

    [Theory]
    [InlineData("metrics.rank.jsonl")]
    [InlineData("metrics.rank0.jsonl")]
    [InlineData("metrics.rank01.jsonl")]
    [InlineData("metrics.rank-1.jsonl")]
    [InlineData("metrics.rank99999999999.jsonl")]
    [InlineData("metrics.rank1.jsonl.bak")]
    [InlineData("metrics.pid.jsonl")]
    [InlineData("metrics.json")]
    [InlineData("system.jsonl")]
    [InlineData("")]
    public void Other_names_are_of_other_files(string name) => Assert.Null(MetricsFile.TryParse(name));

    [Fact]
    public void Ranks_come_in_their_order_and_before_processes()
    {
        string[] names = ["metrics.pid7.jsonl", "metrics.rank10.jsonl", "metrics.rank2.jsonl", "metrics.pid12.jsonl", "metrics.jsonl"];
        Assert.Equal(
            ["metrics.jsonl", "metrics.rank2.jsonl", "metrics.rank10.jsonl", "metrics.pid7.jsonl", "metrics.pid12.jsonl"],
            names.Select(MetricsFile.TryParse).OrderBy(file => file!.Place).Select(file => file!.Name));
    }
}

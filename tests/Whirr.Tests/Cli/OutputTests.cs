using System.Text;
using Whirr.Cli;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class OutputTests
{
    [Fact]
    public void A_table_aligns_its_columns_and_escapes_its_cells()
    {
        var table = new Table("ID", "NAME", "STATE");
        table.Add(new("7", Right: true), new("a\nb"), new("running", Colour.Cyan));
        table.Add(new("1234", Right: true), new("long name"), new("queued"));
        Assert.Equal("  ID  NAME       STATE\n   7  a\\nb       running\n1234  long name  queued\n", Written(colours: false, table.Write));
    }

    [Fact]
    public void Colours_are_used_only_when_they_are_welcome()
    {
        var table = new Table("STATE");
        table.Add(new Table.Cell("failed", Colour.Red));
        Assert.Contains("\u001b[31mfailed\u001b[0m", Written(colours: true, table.Write), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", Written(colours: false, table.Write), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(10 * 1024 * 1024, "10 MiB")]
    [InlineData(1_610_612_736, "1.5 GiB")]
    public void Bytes_are_shown_in_the_unit_that_fits(long bytes, string expected) => Assert.Equal(expected, ByteCount.Format(bytes));

    [Theory]
    [InlineData(JobState.Completed, "", null, 0)]
    [InlineData(JobState.Failed, "exit_code", 3, 3)]
    [InlineData(JobState.Failed, "signal", 137, 137)]
    [InlineData(JobState.Failed, "start_failed", null, 127)]
    [InlineData(JobState.Failed, "nan_metric", 0, 1)]
    [InlineData(JobState.Cancelled, "cancelled_by_user", 0, 125)]
    [InlineData(JobState.Lost, "keeper_died", null, 126)]
    public void The_exit_code_stands_for_how_the_job_ended(JobState state, string reason, int? exitCode, int expected)
    {
        var job = new Job { State = state, Reason = reason };
        if (exitCode is { } code)
        {
            job.ExitCode = code;
        }

        Assert.Equal(expected, ExitCodes.Of(job));
    }

    [Theory]
    [InlineData("Name:\tx\nUmask:\t0027\nState:\tR\n", 0b000_010_111u)]
    [InlineData("Umask:\t0000\n", 0u)]
    [InlineData("Name:\tx\n", null)]
    public void The_creation_mask_is_read_in_octal(string status, uint? expected) =>
        Assert.Equal(expected, CreationMask.Find(Encoding.UTF8.GetBytes(status)));

    private static string Written(bool colours, Action<TextOutput> write)
    {
        var stream = new MemoryStream();
        write(new TextOutput(stream, colours));
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

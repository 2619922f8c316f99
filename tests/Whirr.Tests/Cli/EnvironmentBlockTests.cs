using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;

namespace Whirr.Tests.Cli;

public sealed class EnvironmentBlockTests
{
    [Fact]
    public void A_setting_replaces_what_was_there_and_the_last_one_counts() =>
        Assert.Equal("PATHS=/x\0B=\0PATH=/z\0", With("PATH=/bin\0PATHS=/x\0B=\0", "PATH=/y", "PATH=/z"));

    [Fact]
    public void Without_settings_the_very_block_is_used()
    {
        var block = "A=1\0"u8.ToArray();
        Assert.Same(block, EnvironmentBlock.With(block, []));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_kept()
    {
        byte[] block = [(byte)'A', (byte)'=', 0xff, 0xfe, 0];
        Assert.Equal([.. block, (byte)'B', (byte)'=', (byte)'1', 0], EnvironmentBlock.With(block, ["B=1"]));
    }

    [Fact]
    public void What_is_no_setting_is_left_out() =>
        Assert.Equal("A=1\0B=2\0", Encoding.UTF8.GetString(EnvironmentBlock.Clean("A=1\0junk\0=x\0B=2"u8.ToArray())));

    [Theory]
    [InlineData("A")]
    [InlineData("=1")]
    [InlineData("")]
    [InlineData("A=\0")]
    public void A_setting_must_have_a_name_and_a_value(string setting) =>
        Assert.Throws<CommandFailure>(() => EnvironmentBlock.Check(setting));

    private static string With(string block, params string[] settings) =>
        Encoding.UTF8.GetString(EnvironmentBlock.With(Encoding.UTF8.GetBytes(block), settings));
}

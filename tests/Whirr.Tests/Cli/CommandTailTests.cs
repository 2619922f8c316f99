using System.CommandLine;
using Whirr.Cli.Syntax;

namespace Whirr.Tests.Cli;

public sealed class CommandTailTests
{
    private static readonly string[] None = [];

    [Theory]
    [InlineData("python t.py --lr 0.1 -n 3", "", "python t.py --lr 0.1 -n 3")]
    [InlineData("-- python -n 3", "", "python -n 3")]
    [InlineData("-n lr -q python -q", "-n lr -q", "python -q")]
    [InlineData("-n lr -- -q", "-n lr", "-q")]
    [InlineData("--name=lr python", "--name=lr", "python")]
    [InlineData("-nlr python", "-nlr", "python")]
    [InlineData("-qn lr python", "-qn lr", "python")]
    [InlineData("--json python --json", "--json", "python --json")]
    [InlineData("-n -- python", "-n --", "python")]
    [InlineData("--unknown python", "--unknown", "python")]
    [InlineData("-c lr=0.1 seed=3 python a=b", "-c lr=0.1 seed=3", "python a=b")]
    [InlineData("-c @x.json lr=1 ./a=b/run", "-c @x.json lr=1", "./a=b/run")]
    [InlineData("-c lr=1 -n x -- a=b", "-c lr=1 -n x", "a=b")]
    [InlineData("-q", "-q", "")]
    [InlineData("- x", "", "- x")]
    public void Our_part_ends_before_the_first_word_that_is_no_option_of_ours(string line, string ours, string command)
    {
        var verb = new Command("submit")
        {
            new Option<string>("--name", "-n"),
            new Option<bool>("--quiet", "-q"),
            new Option<string[]>("--config", "-c") { AllowMultipleArgumentsPerToken = true },
        };
        var (left, right) = CommandTail.Split(verb, CommonOptions.Create(), Words(line));
        Assert.Equal(Words(ours), left);
        Assert.Equal(Words(command), right);
    }

    private static string[] Words(string line) => line.Length == 0 ? None : line.Split(' ');
}

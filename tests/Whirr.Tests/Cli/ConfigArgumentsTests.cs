using Whirr.Cli.Failures;
using Whirr.Cli.Submission;

namespace Whirr.Tests.Cli;

public sealed class ConfigArgumentsTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-cli-").FullName;

    [Theory]
    [InlineData("lr=1e-3", """{"lr":1e-3}""")]
    [InlineData("bias=true", """{"bias":true}""")]
    [InlineData("x=null", """{"x":null}""")]
    [InlineData("model=resnet", """{"model":"resnet"}""")]
    [InlineData("seed=007", """{"seed":"007"}""")]
    [InlineData("s=\"1\"", """{"s":"1"}""")]
    [InlineData("layers=[64,64]", """{"layers":[64,64]}""")]
    [InlineData("a=", """{"a":""}""")]
    [InlineData("a=b=c", """{"a":"b=c"}""")]
    [InlineData("opt.lr=1", """{"opt.lr":1}""")]
    [InlineData("q=say \"hi\"", """{"q":"say \u0022hi\u0022"}""")]
    [InlineData("big=123456789012345678901234567890", """{"big":123456789012345678901234567890}""")]
    public void A_value_that_is_json_is_taken_as_json(string argument, string expected) =>
        Assert.Equal(expected, ConfigArguments.ToJson([argument], Resolve));

    [Fact]
    public void The_last_value_of_a_key_counts_and_keys_keep_their_order() =>
        Assert.Equal("""{"a":3,"b":2}""", ConfigArguments.ToJson(["a=1", "b=2", "a=3"], Resolve));

    [Fact]
    public void Nothing_is_nothing() => Assert.Equal("", ConfigArguments.ToJson([], Resolve));

    [Fact]
    public void A_file_adds_its_members()
    {
        File.WriteAllText(Path.Combine(_place, "c.json"), """{"a": {"b": [1, 2]}, "lr": 1}""");
        Assert.Equal("""{"a":{"b": [1, 2]},"lr":2}""", ConfigArguments.ToJson(["@c.json", "lr=2"], Resolve));
    }

    [Theory]
    [InlineData("{\n  \"a\": 1,\n  oops\n}", "c.json:3:3:")]
    [InlineData("[1]", "one JSON object")]
    [InlineData("", "c.json:1:1:")]
    public void A_file_that_is_wrong_is_named_with_its_line(string content, string part)
    {
        File.WriteAllText(Path.Combine(_place, "c.json"), content);
        var failure = Assert.Throws<CommandFailure>(() => ConfigArguments.ToJson(["@c.json"], Resolve));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_100_MB_is_refused_before_it_is_read()
    {
        using (var huge = File.OpenWrite(Path.Combine(_place, "c.json")))
        {
            huge.SetLength(100 << 20);
        }

        var failure = Assert.Throws<CommandFailure>(() => ConfigArguments.ToJson(["@c.json"], Resolve));
        Assert.Equal("c.json has 100 MiB, and a configuration may have 1.0 MiB: keep data in a file, and its path in the configuration.", failure.Message);
    }

    [Theory]
    [InlineData("@missing.json", "no such file")]
    [InlineData("lr", "key=value")]
    [InlineData("=1", "key=value")]
    public void What_is_no_setting_is_refused(string argument, string part)
    {
        var failure = Assert.Throws<CommandFailure>(() => ConfigArguments.ToJson([argument], Resolve));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    private string Resolve(string name) => Path.GetFullPath(name, _place);

    public void Dispose() => Directory.Delete(_place, recursive: true);
}

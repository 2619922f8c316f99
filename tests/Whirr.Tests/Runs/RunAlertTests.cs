using System.Text;
using Whirr.Runs;

namespace Whirr.Tests.Runs;

public sealed class RunAlertTests
{
    [Fact]
    public void What_the_package_writes_is_read()
    {
        Assert.Equal(
            new RunAlert("2026-01-31T10:00:00.000Z", "error", "lo\"ss", "ä\n"),
            Read("""{"_timestamp": "2026-01-31T10:00:00.000Z", "title": "lo\"ss", "text": "\u00e4\n", "level": "error"}"""));
    }

    [Theory]
    [InlineData("""{"title":"a"}""", "warn")]
    [InlineData("""{"title":"a","level":"deadly"}""", "warn")]
    [InlineData("""{"more":[{"title":"no"}],"title":"a","level":"info"}""", "info")]
    public void Only_the_title_has_to_be_there(string line, string level) => Assert.Equal(new RunAlert("", level, "a", ""), Read(line));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"title\":\"\"}")]
    [InlineData("{\"title\":5}")]
    [InlineData("{\"title\":\"a\"")]
    [InlineData("{\"title\":\"a\"} x")]
    [InlineData("{\"title\":\"\\ud800\"}")]
    public void What_is_no_alert_is_none(string line) => Assert.Null(Read(line));

    [Fact]
    public void Bytes_of_any_kind_are_read_or_are_none()
    {
        var random = new Random(4);
        var line = """{"_timestamp":"2026-01-31T10:00:00.000Z","title":"loss","text":"is \u00e4 high","level":"error","more":[1,{"a":null}]}"""u8;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = line.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Assert.NotEqual("", RunAlert.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)))?.Title);
        }
    }

    private static RunAlert? Read(string line) => RunAlert.TryRead(Encoding.UTF8.GetBytes(line));
}

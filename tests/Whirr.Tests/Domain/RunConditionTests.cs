using FsCheck;
using FsCheck.Fluent;
using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;

namespace Whirr.Tests.Domain;

public sealed class RunConditionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RunEntry Run = new()
    {
        RunId = "job-7",
        Root = "/runs",
        OwnerUid = 1000,
        Owner = "ada",
        Name = "resnet baseline",
        State = JobState.Completed,
        StartedAt = Noon,
        FinishedAt = Noon.AddSeconds(90),
        Hostname = "gpu1.example.org",
        ExitCode = 0,
        ConfigJson = """{"lr": 0.01, "model": {"depth": 50, "a.b": "x"}, "model.depth": 18, "seed": "7", "fp16": true, "note": "it's \"fine\"", "none": null, "half": "\ud800"}""",
        SummaryJson = """{"acc": 0.93, "loss": "NaN", "worst": "Infinity", "huge": 1e999}""",
    };

    [Theory]
    [InlineData("config.lr < 0.02", true)]
    [InlineData("config.lr<0.01", false)]
    [InlineData("config.lr <= 1e-2 and summary.acc > .9", true)]
    [InlineData("config.lr = 0.010", true)]
    [InlineData("config.lr == 0.01 or summary.acc > 2", true)]
    [InlineData("config.lr = \"0.01\"", true)]
    [InlineData("config.lr = \"0.010\"", false)]
    [InlineData("config.seed = 7", true)]
    [InlineData("config.seed >= 7.0", true)]
    [InlineData("config.model.depth = 18", true)]
    [InlineData("config.model.a.b = x", true)]
    [InlineData("config.fp16 = true", true)]
    [InlineData("config.fp16 = false", false)]
    [InlineData("config.note ~ 'it\\'s'", true)]
    [InlineData("config.note = \"it's \\\"fine\\\"\"", true)]
    [InlineData("summary.loss = NaN", true)]
    [InlineData("summary.loss = nan", true)]
    [InlineData("summary.loss < 1", false)]
    [InlineData("summary.loss > 1", false)]
    [InlineData("summary.loss != 1", true)]
    [InlineData("summary.worst = inf", true)]
    [InlineData("summary.worst > 1e300", true)]
    [InlineData("summary.acc > -Infinity", true)]
    [InlineData("summary.huge > 1", true)]
    [InlineData("name ~ RESNET", true)]
    [InlineData("name = 'resnet baseline'", true)]
    [InlineData("name = resnet", false)]
    [InlineData("name != 7", true)]
    [InlineData("state = finished", true)]
    [InlineData("state != failed", true)]
    [InlineData("host = gpu1.example.org", true)]
    [InlineData("owner = ada AND exit_code = 0", true)]
    [InlineData("duration >= 90 and duration < 91", true)]
    [InlineData("not name ~ resnet", false)]
    [InlineData("not (name ~ resnet and state = failed)", true)]
    [InlineData("name ~ x or name ~ resnet and state = failed", false)]
    [InlineData("(name ~ resnet or name ~ x) and state = completed", true)]
    public void A_condition_chooses_runs(string where, bool expected) => Assert.Equal(expected, RunConditionParser.Parse(where).Matches(Run));

    [Theory]
    [InlineData("config.momentum")]
    [InlineData("config.none")]
    [InlineData("config.model")]
    [InlineData("config.model.depth.x")]
    [InlineData("config.half")]
    [InlineData("summary.f1")]
    [InlineData("attempt")]
    public void A_run_without_the_field_matches_no_comparison_of_it(string field)
    {
        Assert.All(
            (string[])["=", "!=", "<", "<=", ">", ">=", "~"],
            how => Assert.False(RunConditionParser.Parse($"{field} {how} 1").Matches(Run)));
        Assert.True(RunConditionParser.Parse($"not {field} = 1").Matches(Run));
    }

    [Theory]
    [InlineData("", "at character 1: expected a field, \"not\" or \"(\", found the end")]
    [InlineData("config.lr", "at character 10: expected a comparison: = != < <= > >= ~, found the end")]
    [InlineData("config.lr <", "at character 12: expected a number, a word or a text in quotes, found the end")]
    [InlineData("config.lr < 1 config", "at character 15: expected \"and\", \"or\" or the end, found \"config\"")]
    [InlineData("(name = x", "at character 10: expected \")\", \"and\" or \"or\", found the end")]
    [InlineData("name = x)", "at character 9: expected \"and\", \"or\" or the end, found \")\"")]
    [InlineData("name = 'x", "at character 8: the text that begins here has no end; expected another '")]
    [InlineData("name ! x", "at character 6: expected a comparison: = != < <= > >= ~, found \"!\"")]
    [InlineData("and", "at character 1: expected a field, \"not\" or \"(\", found \"and\"")]
    [InlineData("lr < 1", "at character 1: expected one of the fields config.*, summary.*, name, state, host, owner, attempt, exit_code, duration, found \"lr\"")]
    [InlineData("config. = 1", "at character 1: expected one of the fields config.*, summary.*, name, state, host, owner, attempt, exit_code, duration, found \"config.\"")]
    public void A_mistake_is_told_with_its_place(string where, string fault) =>
        Assert.Equal(fault, Assert.Throws<FormatException>(() => RunConditionParser.Parse(where)).Message);

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    public void Endless_nesting_is_refused(string piece) => Assert.Contains(
        "more than 100", Assert.Throws<FormatException>(() => RunConditionParser.Parse(string.Concat(Enumerable.Repeat(piece, 2000)))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_of_any_characters_can_be_compared_with() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        text =>
        {
            var quoted = text.Get.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            return RunConditionParser.Parse($"name = \"{quoted}\"").Matches(Run with { Name = text.Get });
        }));

    [Fact]
    public void Whatever_is_sent_is_read_or_refused()
    {
        string[] pieces = ["(", ")", "and", "or", "not", "name", "config.a", "=", "!=", "<", "~", "'", "\"", "\\", "1", "x", " ", "\0", "\u00e4"];
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            try
            {
                _ = RunConditionParser.Parse(text).Matches(Run);
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }));
    }

    [Fact]
    public void Numbers_compare_as_numbers_do() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(),
        ArbMap.Default.ArbFor<NormalFloat>(),
        (left, right) =>
        {
            var run = Run with { ConfigJson = $$"""{"x": {{left.Get:R}}}""" };
            bool Is(string how) => RunConditionParser.Parse($"config.x {how} {right.Get:R}").Matches(run);
            return Is("<") == left.Get < right.Get && Is(">=") == left.Get >= right.Get && Is("=") == (left.Get == right.Get) && Is("!=") == (left.Get != right.Get);
        }));

    [Theory]
    [InlineData("", "c b a d")]
    [InlineData("started", "a b c d")]
    [InlineData("-started", "c b a d")]
    [InlineData("config.lr", "c a b d")]
    [InlineData("-config.lr", "b a c d")]
    [InlineData("-name", "d c b a")]
    public void Runs_are_sorted_and_those_without_the_field_come_last(string sort, string expected)
    {
        RunEntry[] runs =
        [
            Run with { Name = "a", ConfigJson = """{"lr": 1}""" },
            Run with { Name = "b", StartedAt = Noon.AddSeconds(1), ConfigJson = """{"lr": "NaN"}""" },
            Run with { Name = "c", StartedAt = Noon.AddSeconds(2), ConfigJson = """{"lr": -3e2}""" },
            Run with { Name = "d", StartedAt = null, ConfigJson = null },
        ];
        var order = RunOrder.Parse(sort);

        var sorted = runs.Select((run, index) => (run.Name, Place: new RunPlace(order.Field.Of(run), index))).OrderBy(run => run.Place, order);

        Assert.Equal(expected, string.Join(' ', sorted.Select(run => run.Name)));
    }

    [Theory]
    [InlineData("lr")]
    [InlineData("--started")]
    [InlineData("-")]
    public void An_unknown_field_to_sort_by_is_refused(string sort) =>
        Assert.Contains($"found \"{sort}\"", Assert.Throws<FormatException>(() => RunOrder.Parse(sort)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", true)]
    [InlineData("NET", true)]
    [InlineData("resnet*", true)]
    [InlineData("*line", true)]
    [InlineData("net*", false)]
    [InlineData("res?et*", true)]
    public void A_name_is_a_part_or_a_pattern(string name, bool expected) => Assert.Equal(expected, new RunQuery { Name = name }.Matches(Run));
}

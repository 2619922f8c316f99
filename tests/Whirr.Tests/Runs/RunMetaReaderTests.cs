using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Whirr.Domain.Jobs;
using Whirr.Runs;

namespace Whirr.Tests.Runs;

public sealed class RunMetaReaderTests
{
    private const string Whole = """
        {
          "format_version": 1, "run_id": "local-20260131-235959-a1b2c3", "name": "tr\u00e4in", "status": "finished",
          "started_at": "2026-01-31T23:59:59.123Z", "finished_at": "2026-02-01T01:00:01.5+01:00", "duration_seconds": 2.377,
          "tags": ["a", "b c"], "summary": {"loss": "NaN", "acc": 0.5}, "other": {"deep": [1, {"x": null}]},
          "git_info": {"commit": "abc", "branch": "main", "dirty": true, "remote_url": "git@example.org:x", "more": []},
          "hostname": "gpu1", "user": "ada", "job_id": 7, "job_uid": "0195c5a0-0000-7000-8000-000000000001", "attempt": 2, "exit_code": -1,
          "reason": "exit_code", "reason_detail": "it failed", "note": "n", "pid": 4711, "boot_id": "b"
        }
        """;

    [Fact]
    public void Everything_that_is_known_is_read()
    {
        var facts = RunMetaReader.Read(Encoding.UTF8.GetBytes(Whole));

        Assert.Null(facts.Problem);
        Assert.Equal(["a", "b c"], facts.Tags);
        Assert.Equal("""{"loss": "NaN", "acc": 0.5}""", facts.SummaryJson);
        Assert.Equal(
            new RunFacts
            {
                RunId = "local-20260131-235959-a1b2c3",
                Name = "tr\u00e4in",
                Status = JobState.Completed,
                StartedAt = new(2026, 1, 31, 23, 59, 59, 123, TimeSpan.Zero),
                FinishedAt = new(2026, 2, 1, 0, 0, 1, 500, TimeSpan.Zero),
                Duration = TimeSpan.FromSeconds(2.377),
                Tags = facts.Tags,
                SummaryJson = facts.SummaryJson,
                GitCommit = "abc",
                GitBranch = "main",
                GitDirty = true,
                GitRemote = "git@example.org:x",
                Hostname = "gpu1",
                User = "ada",
                JobId = 7,
                JobUid = Guid.Parse("0195c5a0-0000-7000-8000-000000000001"),
                Attempt = 2,
                ExitCode = -1,
                Reason = "exit_code",
                ReasonDetail = "it failed",
                Note = "n",
                Pid = 4711,
                BootId = "b",
            },
            facts);
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_read_as_far_as_it_goes()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        for (var length = 0; length < bytes.Length; length++)
        {
            var facts = RunMetaReader.Read(bytes.AsSpan(0, length));
            Assert.Contains("meta.json", facts.Problem, StringComparison.Ordinal);
            Assert.True(length < 200 || facts.RunId is not null);
        }
    }

    [Theory]
    [InlineData("""{"name": 7}""", "name in meta.json is not a text")]
    [InlineData("""{"tags": {"a": [1]}, "name": "x"}""", "tags in meta.json is not a list")]
    [InlineData("""{"tags": ["a", ["b"], {"c": 1}], "name": "x"}""", "tags in meta.json is not a text")]
    [InlineData("""{"status": "dancing", "name": "x"}""", "status in meta.json is not a state that is known")]
    [InlineData("""{"started_at": "yesterday", "name": "x"}""", "started_at in meta.json is not a time (ISO 8601)")]
    [InlineData("""{"attempt": 1e99, "name": "x"}""", "attempt in meta.json is not a whole number in its range")]
    [InlineData("""{"exit_code": 1.5, "name": "x"}""", "exit_code in meta.json is not a whole number in its range")]
    [InlineData("""{"git_info": [{}], "name": "x"}""", "git_info in meta.json is not an object")]
    [InlineData("""{"git_info": {"dirty": "yes"}, "name": "x"}""", "git_info.dirty in meta.json is not true or false")]
    [InlineData("""{"summary": 3, "name": "x"}""", "summary in meta.json is not an object")]
    [InlineData("""{"job_uid": "7", "name": "x"}""", "job_uid in meta.json is not a UUID")]
    [InlineData("""{"note": "\ud800", "name": "x"}""", "note in meta.json is not valid Unicode")]
    [InlineData("""{"format_version": 2, "name": "x"}""", "meta.json has format 2, which a later whirr wrote; this one knows 1 and reads what it can")]
    [InlineData("[]", "meta.json is not a JSON object")]
    [InlineData("", "meta.json is empty")]
    [InlineData("{} x", "meta.json is damaged: it is not one whole JSON object")]
    public void What_is_wrong_is_said_and_the_rest_is_read(string content, string problem)
    {
        var facts = RunMetaReader.Read(Encoding.UTF8.GetBytes(content));

        Assert.Equal(problem, facts.Problem);
        Assert.Equal(content.Contains("\"x\"", StringComparison.Ordinal) ? "x" : null, facts.Name);
    }

    [Theory]
    [InlineData("""{"name": null, "tags": null, "summary": {}, "exit_code": null}""")]
    [InlineData("{}")]
    public void What_is_not_said_is_no_problem(string content) => Assert.Equal(RunFacts.None with { Tags = [] }, RunMetaReader.Read(Encoding.UTF8.GetBytes(content)) with { Tags = [] });

    [Fact]
    public void Bare_words_of_Python_are_understood()
    {
        var facts = RunMetaReader.Read("""{"name": "NaN \"Infinity\"", "summary": {"a": NaN, "b": [-Infinity, Infinity]}, "exit_code": 0}"""u8);

        Assert.Null(facts.Problem);
        Assert.Equal("NaN \"Infinity\"", facts.Name);
        Assert.Equal("""{"a": "NaN", "b": ["-Infinity", "Infinity"]}""", facts.SummaryJson);
        Assert.Equal("""{"lr": "NaN"}""", RunConfigReader.Read("""{"lr": NaN}"""u8, out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Bytes_of_any_kind_never_throw()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (junk, place) =>
        {
            var mutated = bytes.ToArray();
            junk.AsSpan(0, Math.Min(junk.Length, 16)).CopyTo(mutated.AsSpan((place & int.MaxValue) % (mutated.Length - 16)));
            _ = RunMetaReader.Read(mutated);
            _ = RunMetaReader.Read(junk);
            _ = RunConfigReader.Read(mutated, out _);
            _ = RunConfigReader.Read(junk, out _);
        }));
    }

    [Theory]
    [InlineData("{}", null, null)]
    [InlineData(" {\"a\": 1}\n", "{\"a\": 1}", null)]
    [InlineData("[1]", null, "config.json is not a JSON object")]
    [InlineData("{\"a\": 1", null, "config.json is not a JSON object")]
    [InlineData("", null, "config.json is not a JSON object")]
    public void A_config_is_one_object(string content, string? config, string? problem)
    {
        Assert.Equal(config, RunConfigReader.Read(Encoding.UTF8.GetBytes(content), out var told));
        Assert.Equal(problem, told);
    }
}

using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class JobFileTests
{
    private static readonly JobRequest Template = new(
        new JobSpec { Name = "t", Workdir = "/tmp", ConfigJson = """{"lr":1,"seed":1}""", Tags = { "base" } },
        "HOME=/h\0"u8.ToArray());

    [Fact]
    public void Each_line_is_a_job_and_starts_from_the_options()
    {
        var jobs = Read("python a.py 'x y'\n\n# comment\nsh -c 'exit 3'\n");
        Assert.Equal(["python", "a.py", "x y"], jobs[0].Spec.CommandArgv);
        Assert.Equal(["sh", "-c", "exit 3"], jobs[1].Spec.CommandArgv);
        Assert.Equal([1, 4], jobs.Select(job => job.Line));
        Assert.All(jobs, job => Assert.Equal("t", job.Spec.Name));
        Assert.All(jobs, job => Assert.Same(Template.Environment, job.Environment));
        Assert.Equal(2, jobs.Select(job => job.Spec.Uid).Distinct().Count());
    }

    [Fact]
    public void A_json_line_sets_what_it_names()
    {
        var job = Assert.Single(Read(
            """
            {"argv":["python","a.py"],"name":"n","tags":["x"," y "],"priority":-5,"workdir":"/","env":{"A":"1"},
            """.TrimEnd() + """
            "config":{"lr":2},"client_job_id":"c","on_lost":"stop","on_daemon_loss":"kill","max_attempts":2,"kill_grace_period":"1m"}
            """));
        Assert.Equal(["python", "a.py"], job.Spec.CommandArgv);
        Assert.Equal("n", job.Spec.Name);
        Assert.Equal(["x", "y"], job.Spec.Tags);
        Assert.Equal(-5, job.Spec.Priority);
        Assert.Equal("/", job.Spec.Workdir);
        Assert.Equal("""{"lr":2,"seed":1}""", job.Spec.ConfigJson);
        Assert.Equal("c", job.Spec.ClientJobId);
        Assert.Equal(OnLost.Stop, job.Spec.OnLost);
        Assert.Equal(OnDaemonLoss.Kill, job.Spec.OnDaemonLoss);
        Assert.Equal(2u, job.Spec.MaxAttempts);
        Assert.Equal(60, job.Spec.KillGracePeriod.Seconds);
        Assert.Equal("HOME=/h\0A=1\0", Encoding.UTF8.GetString(job.Environment));
    }

    [Fact]
    public void Lines_with_the_same_env_share_one_block()
    {
        var jobs = Read("{\"command\":\"a\",\"env\":{\"A\":\"1\"}}\n{\"command\":\"b\",\"env\":{\"A\":\"1\"}}\n{\"command\":\"c\"}\n");
        Assert.Same(jobs[0].Environment, jobs[1].Environment);
        Assert.Same(Template.Environment, jobs[2].Environment);
    }

    [Theory]
    [InlineData("true\nsh -c 'oops\n", "list:2:", "single quote")]
    [InlineData("{\"command\":\"a\",}", "list:1:", "column")]
    [InlineData("{\"nmae\":\"a\"}", "list:1:", "no field \"nmae\"")]
    [InlineData("{\"name\":\"a\"}", "list:1:", "no command")]
    [InlineData("{\"argv\":\"a\"}", "list:1:", "array of strings")]
    [InlineData("{\"argv\":[]}", "list:1:", "no command")]
    [InlineData("{\"argv\":[\"\"]}", "list:1:", "empty")]
    [InlineData("{\"argv\":[\"a\\u0000b\"]}", "list:1:", "NUL")]
    [InlineData("{\"command\":\"\\ud800\"}", "list:1:", "must be a string")]
    [InlineData("{\"command\":\"a\",\"argv\":[\"b\"]}", "list:1:", "twice")]
    [InlineData("{\"command\":\"a\",\"priority\":1.5}", "list:1:", "priority")]
    [InlineData("{\"command\":\"a\",\"config\":[1]}", "list:1:", "object")]
    [InlineData("{\"command\":\"a\",\"env\":{\"A\":1}}", "list:1:", "string")]
    [InlineData("{\"command\":\"a\",\"workdir\":\"/no/such/place\"}", "list:1:", "/no/such/place")]
    [InlineData("{\"command\":\"a\",\"workdir\":\"/\\u0000\"}", "list:1:", "a path")]
    [InlineData(
        "a\n{\"command\":\"a\",\"client_job_id\":\"x\"}\n{\"command\":\"b\",\"client_job_id\":\"x\"}",
        "list:3:",
        "\"x\" is that of line 2")]
    [InlineData("a\nb | c\n", "list:2:", "'|'")]
    public void A_wrong_line_is_named_and_nothing_is_submitted(string content, string place, string part)
    {
        var failure = Assert.Throws<CommandFailure>(() => Read(content));
        Assert.StartsWith(place, failure.Message, StringComparison.Ordinal);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was submitted.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_utf8_is_refused()
    {
        var failure = Assert.Throws<CommandFailure>(() => Read([(byte)'a', (byte)'\n', 0xff, (byte)'\n']));
        Assert.Contains("UTF-8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_cut_into_messages_and_names_an_environment_when_it_changes()
    {
        var lines = string.Concat(Enumerable.Range(0, 1_200).Select(_ => "true\n")) + "{\"command\":\"x\",\"env\":{\"A\":\"1\"}}\n";
        var messages = BatchMessages.Of(Read(lines)).ToList();
        Assert.Equal([500, 500, 200, 1], messages.Select(message => message.Jobs.Count));
        Assert.Equal([true, false, false, true], messages.Select(message => message.HasEnvironment));
    }

    private static IReadOnlyList<JobRequest> Read(string content) => Read(Encoding.UTF8.GetBytes(content));

    private static IReadOnlyList<JobRequest> Read(byte[] content) =>
        JobFile.Read("list", new MemoryStream(content), new JobLineParser(Template, new WorkingDirectories(), TimeProvider.System));
}

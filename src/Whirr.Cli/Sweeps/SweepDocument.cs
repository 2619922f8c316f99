using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Sweeps;

/// <summary>What became of many jobs that belong together, in a sentence and in JSON.</summary>
internal static class SweepDocument
{
    public static string Describe(string tag, SweepFeeder feeder)
    {
        var there = feeder.Known.Count() - feeder.Submitted;
        return $"{SafeText.Escape(tag)}: {Count(feeder.Submitted)} submitted"
            + (there > 0 ? $", {(there == 1 ? "1 was" : $"{there} were")} there already" : "")
            + $"; `whirrctl runs -t {ShellWords.Join([tag])}` shows them";
    }

    public static string Count(int jobs) => jobs == 1 ? "1 job" : $"{jobs} jobs";

    /// <summary><c>{"tag","dry_run","submitted","jobs":[{"id","state","name","client_job_id","command_argv","config"}...]}</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="tag">What they all have.</param>
    /// <param name="jobs">All of them, in order.</param>
    /// <param name="feeder">Knows what was submitted; null for a dry run.</param>
    public static void Write(TextOutput output, string tag, IReadOnlyList<JobRequest> jobs, SweepFeeder? feeder) => output.WriteJson(json =>
    {
        var known = feeder?.Known.ToDictionary(job => job.ClientJobId) ?? [];
        json.WriteStartObject();
        json.WriteString("tag", tag);
        json.WriteBoolean("dry_run", feeder is null);
        json.WriteNumber("submitted", feeder?.Submitted ?? 0);
        json.WriteStartArray("jobs");
        foreach (var job in jobs)
        {
            json.WriteStartObject();
            JobDocument.Number(json, "id", known.TryGetValue(job.Spec.ClientJobId, out var there) ? there.Id : null);
            JobDocument.Text(json, "state", there?.State.ToWord() ?? "");
            json.WriteString("name", job.Spec.Name);
            json.WriteString("client_job_id", job.Spec.ClientJobId);
            JobDocument.List(json, "command_argv", job.Spec.CommandArgv);
            json.WritePropertyName("config");
            json.WriteRawValue(job.Spec.ConfigJson);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}

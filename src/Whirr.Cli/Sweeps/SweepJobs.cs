using System.Security.Cryptography;
using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Sweeps;

/// <summary>Makes the jobs of a sweep.</summary>
/// <param name="file">Names lines in failures.</param>
/// <param name="plan">What the file says.</param>
/// <param name="baseName">Name of the sweep.</param>
internal sealed class SweepJobs(SweepFile file, SweepPlan plan, string baseName)
{
    /// <summary>The tag of all jobs of the sweep.</summary>
    public string Tag => $"sweep:{baseName}";

    /// <summary>All of them, in order. The same file, name and directory give the same <c>client_job_id</c>s.</summary>
    /// <param name="workdir">Absolute path that they start in.</param>
    /// <param name="clock">For new uids.</param>
    public IReadOnlyList<JobRequest> Make(string workdir, TimeProvider clock)
    {
        var template = Template(workdir);
        var environment = EnvironmentBlock.OfThisProcess();
        var jobs = new List<JobRequest>((int)plan.Count);
        for (var index = 0; index < plan.Count; index++)
        {
            var spec = template.Clone();
            var run = plan.Run(index);
            spec.Name = $"{baseName}-{index + 1}";
            spec.Uid = JobUids.New(clock);
            spec.ConfigJson = Config(run);
            spec.CommandArgv.AddRange(plan.Program);
            foreach (var (name, value) in run)
            {
                spec.CommandArgv.Add($"--{name}");
                spec.CommandArgv.Add(value.Text);
            }

            spec.ClientJobId = ClientJobId(spec, index + 1);
            jobs.Add(new JobRequest(spec, environment));
        }

        return jobs;
    }

    private JobSpec Template(string workdir)
    {
        var spec = new JobSpec();
        spec.Tags.Add(Tag);
        spec.Tags.AddRange(plan.Tags.Where(tag => tag != Tag));
        if (CreationMask.OfThisProcess() is { } mask)
        {
            spec.Umask = mask;
        }

        new WorkingDirectories().Set(spec, workdir);
        foreach (var (name, values, line) in plan.JobFields)
        {
            try
            {
                JobFields.Find(name)!.Set(spec, values);
            }
            catch (CommandFailure failure)
            {
                throw file.Wrong(line, failure.Message);
            }
        }

        spec.CommandArgv.AddRange(plan.Program);
        Command.Check(spec.CommandArgv);
        WholeJob.Complete(spec);
        spec.CommandArgv.Clear();
        return spec;
    }

    private static string Config(IEnumerable<(string Name, SweepValue Value)> run) => Encoding.UTF8.GetString(JsonLine.Format(json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in run)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.Json);
        }

        json.WriteEndObject();
    })[..^1]);

    // With what is run and where in it: a run whose parameters were changed in the file is another run.
    private string ClientJobId(JobSpec spec, int number)
    {
        var what = string.Join('\0', spec.CommandArgv.Prepend(spec.Workdir));
        return $"{Tag}:{number}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..16]}";
    }
}

using Whirr.Protocol.V1;

namespace Whirr.Cli.Submission;

/// <summary>Something that can be said about a job in words: <c>--on-lost stop</c> on the command line, <c>"on_lost": "stop"</c> in a job
/// file.</summary>
/// <param name="Name">As on the command line, without the dashes.</param>
/// <param name="Value">What its value is called in the help; null for a flag, whose value is <c>true</c> or <c>false</c>.</param>
/// <param name="Description">For the help.</param>
/// <param name="SetOne">Reads the value into a job, over what the job had before; throws a usage failure for a wrong one.</param>
internal sealed record JobField(string Name, string? Value, string Description, Action<JobSpec, string>? SetOne)
{
    /// <summary>Of an option that may be given several times, instead of <see cref="SetOne"/>: reads all of its values.</summary>
    public Action<JobSpec, IReadOnlyList<string>>? SetAll { get; init; }

    /// <summary>Another name in job files, e.g. that of the wire contract.</summary>
    public string? Alias { get; init; }

    /// <summary>Name in job files.</summary>
    public string InFiles => Name.Replace('-', '_');

    /// <summary>Sets it. Of a field with one value, a list stands for its items with commas between them.</summary>
    public void Set(JobSpec job, IReadOnlyList<string> values)
    {
        if (SetAll is not null)
        {
            SetAll(job, values);
        }
        else
        {
            SetOne!(job, string.Join(',', values));
        }
    }
}

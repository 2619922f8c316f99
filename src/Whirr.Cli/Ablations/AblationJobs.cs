using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Whirr.Cli.Submission;

namespace Whirr.Cli.Ablations;

/// <summary>Makes the jobs of an ablation: each condition so many times, each time with another seed.</summary>
internal static class AblationJobs
{
    /// <summary>One of them, before its configuration has a place.</summary>
    /// <param name="Condition">Name of its condition.</param>
    /// <param name="Replicate">From 0.</param>
    /// <param name="Seed">Seed base + replicate.</param>
    /// <param name="ConfigJson">The changes of the condition, with the seed.</param>
    public sealed record Planned(string Condition, int Replicate, long Seed, string ConfigJson);

    public static IReadOnlyList<Planned> Plan(Ablation ablation, int replicates, long seedBase) =>
    [
        .. from replicate in Enumerable.Range(0, replicates)
           from condition in ablation.All
           let seed = seedBase + replicate
           select new Planned(condition.Name, replicate, seed, WithSeed(condition.ChangesJson, seed)),
    ];

    /// <summary>The job of a planned run.</summary>
    /// <param name="ablation">What it belongs to.</param>
    /// <param name="planned">The run.</param>
    /// <param name="command">With <c>{{seed}}</c> and <c>{{cfg_path}}</c>.</param>
    /// <param name="template">What all jobs share.</param>
    /// <param name="configPath">Where its configuration is.</param>
    public static JobRequest Make(Ablation ablation, Planned planned, IReadOnlyList<string> command, JobRequest template, string configPath)
    {
        var spec = template.Spec.Clone();
        spec.Name = $"{ablation.Name}-{planned.Condition}-{planned.Replicate}";
        spec.ConfigJson = planned.ConfigJson;
        spec.Tags.Add([ablation.Tag, $"condition:{planned.Condition}", $"replicate:{planned.Replicate}"]);
        spec.CommandArgv.AddRange(command.Select(word => word
            .Replace("{{seed}}", $"{planned.Seed}", StringComparison.Ordinal)
            .Replace("{{cfg_path}}", configPath, StringComparison.Ordinal)));

        // With what is run: a changed command or condition makes another run, and a second call only what is missing.
        var what = string.Join('\0', spec.CommandArgv.Append(spec.Workdir).Append(spec.ConfigJson).Append(planned.Condition));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..16];
        spec.ClientJobId = $"ablate:{ablation.Id}:{planned.Replicate}:{hash}";
        return template with { Spec = spec };
    }

    private static string WithSeed(string changes, long seed)
    {
        using var document = JsonDocument.Parse($$"""{"seed":{{seed}}}""");
        using var own = JsonDocument.Parse(changes);
        return own.RootElement.TryGetProperty("seed", out _) ? changes : ConfigArguments.Merge(changes, document.RootElement);
    }
}

using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Sweeps;

namespace Whirr.Tests.Cli;

/// <summary>What sweep files mean.</summary>
public sealed class SweepPlanTests
{
    [Fact]
    public void A_grid_is_all_combinations_the_last_parameter_changing_fastest()
    {
        var plan = Read("""
            program: python train.py --quiet
            parameters:
              lr: {values: [0.1, 1.0e-5]}
              model:
                values: [resnet, "007", null]
              epochs: 10
            """);
        Assert.Equal(["python", "train.py", "--quiet"], plan.Program);
        Assert.Equal(6, plan.Count);
        var runs = Enumerable.Range(0, 6).Select(index => string.Join(' ', plan.Run(index).Select(each => $"{each.Name}={each.Value.Text}|{each.Value.Json}"))).ToList();
        Assert.Equal("lr=0.1|0.1 model=resnet|\"resnet\" epochs=10|10", runs[0]);
        Assert.Equal("lr=0.1|0.1 model=007|\"007\" epochs=10|10", runs[1]);
        Assert.Equal("lr=0.1|0.1 model=null|null epochs=10|10", runs[2]);
        Assert.Equal("lr=1.00e-05|1.0e-5 model=resnet|\"resnet\" epochs=10|10", runs[3]);
        Assert.Equal(6, runs.Distinct().Count());
    }

    [Theory]
    [InlineData("1e-5", "1.00e-05", "1e-5")]
    [InlineData("0.00001", "1.00e-05", "0.00001")]
    [InlineData("1.2345e-5", "1.2345e-5", "1.2345e-5")]
    [InlineData("-0.00002", "-2.00e-05", "-0.00002")]
    [InlineData("0.0001", "0.0001", "0.0001")]
    [InlineData("0.0", "0.0", "0.0")]
    [InlineData("007", "007", "\"007\"")]
    [InlineData("+3", "3", "3")]
    [InlineData(".5", "0.5", "0.5")]
    [InlineData("1.", "1", "1")]
    [InlineData("12345678901234567890", "12345678901234567890", "12345678901234567890")]
    [InlineData("true", "true", "true")]
    [InlineData("'true'", "true", "\"true\"")]
    [InlineData("nan", "nan", "\"nan\"")]
    [InlineData("1_000", "1_000", "\"1_000\"")]
    [InlineData("[64, 32]", "[64,32]", "[64,32]")]
    public void Values_are_what_they_look_like(string yaml, string text, string json)
    {
        var value = Assert.Single(Read($"program: p\nparameters:\n  x:\n    values: [{yaml}]\n").Parameters[0].Values);
        Assert.Equal((text, json), (value.Text, value.Json));
        JsonDocument.Parse(value.Json).Dispose();
    }

    [Fact]
    public void A_random_sweep_draws_the_same_again_and_more_runs_only_add()
    {
        var few = Read(Random(maxRuns: 5));
        var many = Read(Random(maxRuns: 200));
        for (var index = 0; index < 5; index++)
        {
            Assert.Equal(few.Run(index), many.Run(index));
        }

        Assert.NotEqual(many.Run(0), Read(Random(maxRuns: 5, seed: 8)).Run(0));
        var (lrs, layers, drops) = (new List<double>(), new List<long>(), new List<double>());
        for (var index = 0; index < 200; index++)
        {
            var run = many.Run(index);
            lrs.Add(double.Parse(run[0].Value.Text));
            layers.Add(long.Parse(run[1].Value.Text));
            drops.Add(double.Parse(run[2].Value.Json));
            Assert.Contains(run[3].Value.Text, new[] { "adam", "sgd" });
            Assert.Equal(run[0].Value.Text, run[0].Value.Json);
        }

        Assert.All(lrs, lr => Assert.InRange(lr, 1e-5, 1e-1));
        Assert.All(drops, drop => Assert.InRange(drop, -0.5, 0.5));
        Assert.Equal([2, 3, 4], layers.Distinct().Order());

        // As many below the middle of the exponents as above: it is not uniform.
        Assert.InRange(lrs.Count(lr => lr < 1e-3), 70, 130);
    }

    /// <summary>The first draws of seed 7, as they are in the field: a change here runs people's sweeps a second time.</summary>
    [Fact]
    public void Draws_never_change()
    {
        var plan = Read(Random(maxRuns: 3));
        Assert.Equal(
            ["0.00273891 4 -0.207357 adam", "0.000563669 4 -0.41055 sgd"],
            Enumerable.Range(0, 2).Select(index => string.Join(' ', plan.Run(index).Select(each => each.Value.Text))));
    }

    [Theory]
    [InlineData("parameters: {x: [1]}", 1, "program is missing")]
    [InlineData("program: p", 1, "parameters is missing")]
    [InlineData("program: p\nparameters: {}", 1, "parameters is missing")]
    [InlineData("- a", 1, "one mapping")]
    [InlineData("", 1, "one mapping")]
    [InlineData("program: p\nparameters:\n  x: [1\n", 4, "not YAML")]
    [InlineData("program: p\nprogram: q\nparameters: {x: [1]}", 2, "not YAML")]
    [InlineData("program: p\nparameters:\n  x:\n    distribution: uniform\n    min: 1\n    max: 2\n", 3, "grid needs values")]
    [InlineData("program: p\nmethod: random\nparameters: {x: [1]}", 1, "max_runs")]
    [InlineData("program: p\nmethod: bayes\nparameters: {x: [1]}", 2, "no method \"bayes\"")]
    [InlineData("program: p\nparameters:\n  x: {distribution: normal, min: 1, max: 2}", 3, "no distribution \"normal\"")]
    [InlineData("program: p\nparameters:\n  x: {distribution: log_uniform, min: 0, max: 2}", 3, "above 0")]
    [InlineData("program: p\nparameters:\n  x: {distribution: uniform, min: 2, max: 1}", 3, "min must be below max")]
    [InlineData("program: p\nparameters:\n  x: {distribution: uniform, min: 2}", 3, "needs max")]
    [InlineData("program: p\nparameters:\n  x: {distribution: int_uniform, min: 1.5, max: 3}", 3, "whole numbers")]
    [InlineData("program: p\nparameters:\n  x: {values: []}", 3, "at least one")]
    [InlineData("program: p\nparameters:\n  x: {values: [1], min: 2, distribution: uniform}", 3, "either values, or")]
    [InlineData("program: p\nparameters:\n  x: {vaules: [1]}", 3, "no \"vaules\"")]
    [InlineData("program: p\nparameters:\n  x: [{a: 1}]", 3, "a list of them")]
    [InlineData("program: p\nparameters: {x: [1]}\nmax_runs: 0", 3, "max_runs")]
    [InlineData("program: p\nparameters: {x: [1]}\njob:\n  tmie: 2h", 4, "no field \"tmie\"")]
    [InlineData("program: p\nparameters: {x: [1]}\nparalel: 2", 3, "no \"paralel\"")]
    [InlineData("program: 'p \"'\nparameters: {x: [1]}", 1, "program:")]
    public void What_is_wrong_is_named_with_its_line(string yaml, int line, string why)
    {
        var failure = Assert.Throws<CommandFailure>(() => Read(yaml));
        Assert.StartsWith($"lr.yaml:{line}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_an_end_to_grids()
    {
        var values = string.Join(", ", Enumerable.Range(0, 400));
        var yaml = $"program: p\nparameters:\n  a: [{values}]\n  b: [{values}]\n  c: [{values}]\n  d: [{values}]\n  e: [{values}]\n  f: [{values}]\n  g: [{values}]\n  h: [{values}]\n";
        Assert.Contains("max_runs", Assert.Throws<CommandFailure>(() => Read(yaml)).Message, StringComparison.Ordinal);
        Assert.Equal(9, Read(yaml + "max_runs: 9\n").Count);
    }

    private static string Random(int maxRuns, int seed = 7) => $$"""
        program: p
        method: random
        max_runs: {{maxRuns}}
        seed: {{seed}}
        parameters:
          lr: {distribution: log_uniform, min: 1.0e-5, max: 1.0e-1}
          layers: {distribution: int_uniform, min: 2, max: 4}
          drop: {distribution: uniform, min: -0.5, max: 0.5}
          optimizer: [adam, sgd]
        """;

    private static SweepPlan Read(string yaml) => new SweepFile("lr.yaml").Read(new StringReader(yaml));
}

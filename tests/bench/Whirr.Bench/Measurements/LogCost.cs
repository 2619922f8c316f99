using System.Text.Json;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>What one <c>run.log()</c> of five numbers costs a Python script, beside the least that a line of JSON can cost.</summary>
internal sealed class LogCost : IMeasurement
{
    private const double LimitMicroseconds = 15;

    public string What => "log() of the Python package";

    public async Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace)
    {
        var output = await workplace.RunAsync("/usr/bin/python3", [workplace.Tool("log-cost"), "--json"]);
        using var costs = JsonDocument.Parse(output);
        var (ours, bare) = (Cost("whirr run.log()"), Cost("json.dumps and one write"));
        return
        [
            new Finding("`run.log()` with 5 numbers, fastest of five turns", ours, "us")
            {
                Against = new Peer("json.dumps and one write", bare),
                MustReach = Target.AtMost(ours, LimitMicroseconds, "us"),
            },
        ];

        double Cost(string way) => costs.RootElement.GetProperty(way).GetDouble();
    }
}

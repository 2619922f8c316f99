using Whirr.Domain.Jobs;

namespace Whirr.Domain.Runs;

/// <summary>Which runs: a comparison of a field, or several joined. Made by <see cref="RunConditionParser"/>.</summary>
public abstract record RunCondition
{
    /// <summary>True when <paramref name="run"/> is meant.</summary>
    public abstract bool Matches(RunEntry run);

    public sealed record All(IReadOnlyList<RunCondition> Conditions) : RunCondition
    {
        public override bool Matches(RunEntry run) => Conditions.All(condition => condition.Matches(run));
    }

    public sealed record Any(IReadOnlyList<RunCondition> Conditions) : RunCondition
    {
        public override bool Matches(RunEntry run) => Conditions.Any(condition => condition.Matches(run));
    }

    public sealed record Not(RunCondition Condition) : RunCondition
    {
        public override bool Matches(RunEntry run) => !Condition.Matches(run);
    }

    /// <summary>A field compared with what was written. A run without the field matches no comparison of it, not even <c>!=</c>.</summary>
    /// <param name="Field">What is looked at.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Literal">With what: a number compares as one with all that spells a number; a quoted text and a word compare as texts.</param>
    public sealed record Comparison(RunField Field, RunOperator Operator, RunValue Literal) : RunCondition
    {
        public override bool Matches(RunEntry run)
        {
            var value = Field.Of(run);
            if (value.IsAbsent)
            {
                return false;
            }

            if (Operator == RunOperator.Contains)
            {
                return value.Text.Contains(Literal.Text, StringComparison.OrdinalIgnoreCase);
            }

            if (Literal.Kind == RunValueKind.Number)
            {
                return value.TryAsNumber(out var number) ? CompareNumbers(number, Literal.Number) : Operator == RunOperator.NotEqual;
            }

            var order = Math.Sign(string.CompareOrdinal(value.Text, Wanted()));
            return Operator switch
            {
                RunOperator.Equal => order == 0,
                RunOperator.NotEqual => order != 0,
                RunOperator.Less => order < 0,
                RunOperator.LessOrEqual => order <= 0,
                RunOperator.Greater => order > 0,
                _ => order >= 0,
            };
        }

        // NaN is equal to itself, so that runs whose loss is NaN can be asked for, and neither less nor greater than anything.
        private bool CompareNumbers(double value, double wanted) => Operator switch
        {
            RunOperator.Equal => value.Equals(wanted),
            RunOperator.NotEqual => !value.Equals(wanted),
            RunOperator.Less => value < wanted,
            RunOperator.LessOrEqual => value <= wanted,
            RunOperator.Greater => value > wanted,
            _ => value >= wanted,
        };

        private string Wanted() => Field.Name == "state" && JobStates.TryParse(Literal.Text, out var state) ? state.ToWord() : Literal.Text;
    }
}

/// <summary>Ways to compare.</summary>
public enum RunOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>Has the text in it, in any case.</summary>
    Contains,
}

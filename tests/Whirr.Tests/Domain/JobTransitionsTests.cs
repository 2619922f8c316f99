using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class JobTransitionsTests
{
    // Written down a second time, as a person would draw it: a row per trigger, a column per state, the target or a dot for "refused".
    private const string Expected = """
                          queued     allocated  starting   running    completed  failed     cancelled  lost
        submitted         .          .          .          .          .          .          .          .
        allocated         allocated  .          .          .          .          .          .          .
        claimed           starting   starting   .          .          .          .          .          .
        started           .          .          running    .          .          .          .          .
        cancel_requested  .          allocated  starting   running    .          .          .          .
        completed         .          .          completed  completed  .          .          .          .
        failed            failed     failed     failed     failed     .          .          .          .
        cancelled         cancelled  cancelled  cancelled  cancelled  .          .          .          .
        requeued          .          queued     queued     queued     .          .          .          .
        lost              .          lost       lost       lost       .          .          .          .
        retried           .          .          queued     queued     .          .          .          .
        extended          queued     allocated  starting   running    .          .          .          .
        stalled           .          .          .          running    .          .          .          .
        resumed           .          .          .          running    .          .          .          .
        silent            .          .          starting   running    .          .          .          .
        alerted           .          .          starting   running    .          .          .          .
        """;

    [Fact]
    public void Every_state_answers_every_trigger_as_expected()
    {
        var lines = Expected.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(JobStates.All.Select(state => state.ToWord()), lines[0]);
        Assert.Equal(Enum.GetValues<JobTrigger>().Select(trigger => trigger.ToWord()), lines.Skip(1).Select(line => line[0]));

        foreach (var (trigger, line) in Enum.GetValues<JobTrigger>().Zip(lines.Skip(1)))
        {
            foreach (var (state, cell) in JobStates.All.Zip(line.Skip(1)))
            {
                var next = JobTransitions.Next(state, trigger)?.ToWord() ?? ".";
                Assert.True(cell == next, $"{state.ToWord()} on {trigger.ToWord()}: expected {cell}, the table says {next}");
            }
        }
    }

    [Fact]
    public void Require_agrees_with_next_and_says_what_is_not_legal()
    {
        foreach (var state in JobStates.All)
        {
            foreach (var trigger in Enum.GetValues<JobTrigger>())
            {
                if (JobTransitions.Next(state, trigger) is { } next)
                {
                    Assert.Equal(next, JobTransitions.Require(state, trigger));
                }
                else
                {
                    var error = Assert.Throws<InvalidOperationException>(() => JobTransitions.Require(state, trigger));
                    Assert.Equal($"a {state.ToWord()} job cannot be {trigger.ToWord()}", error.Message);
                }
            }
        }
    }

    [Fact]
    public void No_row_is_written_twice() =>
        Assert.Equal(JobTransitions.Table.Count, JobTransitions.Table.Select(row => (row.From, row.On)).Distinct().Count());

    [Fact]
    public void Ended_states_never_change() => Assert.DoesNotContain(JobTransitions.Table, row => row.From.IsEnded());

    [Fact]
    public void Every_state_can_be_reached_from_the_queue() =>
        Assert.Equal(JobStates.All, ReachableFrom(JobState.Queued).Order());

    [Fact]
    public void Every_job_can_come_to_an_end_from_wherever_it_is() =>
        Assert.All(JobStates.All, state => Assert.Contains(ReachableFrom(state), reached => reached.IsEnded()));

    [Fact]
    public void A_state_is_queued_live_or_ended_and_nothing_else() =>
        Assert.All(JobStates.All, state => Assert.Single(new[] { state == JobState.Queued, state.IsLive(), state.IsEnded() }, kind => kind));

    [Theory]
    [InlineData("queued", JobState.Queued)]
    [InlineData("PENDING", JobState.Queued)]
    [InlineData("Finished", JobState.Completed)]
    [InlineData("succeeded", JobState.Completed)]
    [InlineData("canceled", JobState.Cancelled)]
    public void Words_of_other_tools_are_understood(string word, JobState expected)
    {
        Assert.True(JobStates.TryParse(word, out var state));
        Assert.Equal(expected, state);
    }

    [Fact]
    public void Every_state_is_read_back_from_its_own_word() => Assert.All(JobStates.All, state =>
    {
        Assert.True(JobStates.TryParse(state.ToWord(), out var read));
        Assert.Equal(state, read);
    });

    [Theory]
    [InlineData("")]
    [InlineData("done")]
    [InlineData("queued ")]
    public void Other_words_are_not_states(string word) => Assert.False(JobStates.TryParse(word, out _));

    private static HashSet<JobState> ReachableFrom(JobState start)
    {
        var reached = new HashSet<JobState> { start };
        while (JobTransitions.Table.FirstOrDefault(row => reached.Contains(row.From) && !reached.Contains(row.To)) is { } step)
        {
            reached.Add(step.To);
        }

        return reached;
    }
}

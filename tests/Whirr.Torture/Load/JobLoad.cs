using System.Collections.Concurrent;
using Grpc.Core;
using Whirr.Protocol.V1;

namespace Whirr.Torture.Load;

/// <summary>Submits and cancels, and says everything again until it is answered.</summary>
internal sealed class JobLoad(DaemonClient client, Deeds deeds, bool canHide)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentBag<string> _complaints = [];
    private readonly List<Submission> _submissions = [];
    private readonly List<Task> _calls = [];

    public IReadOnlyList<Submission> Submissions => _submissions;

    /// <summary>Answers that cannot be right.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Decides on the load of a step and begins with it.</summary>
    public void Begin(Dice dice)
    {
        var count = dice.Number(0, 4);
        var made = new List<Submission>();
        for (var i = 0; i < count; i++)
        {
            made.Add(new Submission(_submissions.Count + 1, Lives.Draw(dice, canHide), dice.Uuid()));
            _submissions.Add(made[^1]);
        }

        var start = TimeSpan.FromMilliseconds(dice.Number(0, 600));
        if (count > 2 && dice.Chance(30))
        {
            deeds.Count("submit (batch)");
            _calls.Add(SubmitBatchAsync(made, start));
        }
        else
        {
            _calls.AddRange(made.Select(submission => SubmitAsync(submission, start, again: dice.Chance(15))));
        }

        for (var i = dice.Number(0, 2); i > 0 && _submissions.Count > 0; i--)
        {
            // Of the newest ones, some of which are not even acknowledged.
            var chosen = _submissions[Math.Max(0, _submissions.Count - dice.Number(1, 12))];
            _calls.Add(CancelAsync(chosen, TimeSpan.FromMilliseconds(dice.Number(0, 1_500)), persist: dice.Chance(70)));
        }
    }

    /// <summary>Asks for the end of what does not end by itself.</summary>
    public void CancelEndless()
    {
        foreach (var submission in _submissions.Where(submission => submission.Life.IsEndless && !submission.CancelSent))
        {
            _calls.Add(CancelAsync(submission, TimeSpan.Zero, persist: true));
        }
    }

    /// <summary>Returns when everything that was said is answered; the daemon must be there.</summary>
    public async Task AnsweredAsync()
    {
        await Task.WhenAll(_calls);
        _calls.Clear();
    }

    private async Task SubmitAsync(Submission submission, TimeSpan start, bool again)
    {
        await Task.Delay(start);
        await UntilAnsweredAsync("submit", async () =>
        {
            var (id, _) = await client.SubmitAsync(submission);
            Note(submission, id);
        });
        if (again)
        {
            await UntilAnsweredAsync("submit (repeated)", async () =>
            {
                var (id, existed) = await client.SubmitAsync(submission);
                Note(submission, id);
                if (!existed)
                {
                    _complaints.Add($"{submission}: repeated after its acknowledgement, it was taken for a new one");
                }
            });
        }
    }

    private async Task SubmitBatchAsync(IReadOnlyList<Submission> submissions, TimeSpan start)
    {
        await Task.Delay(start);
        await UntilAnsweredAsync("submit (batch)", async () =>
        {
            var ids = await client.SubmitBatchAsync(submissions);
            foreach (var (submission, id) in submissions.Zip(ids))
            {
                Note(submission, id);
            }
        });
    }

    private async Task CancelAsync(Submission submission, TimeSpan start, bool persist)
    {
        await Task.Delay(start);
        while (persist && submission.Id == 0)
        {
            await Task.Delay(Pause);
        }

        if (submission.Id == 0)
        {
            return;
        }

        submission.SendsCancel();
        await UntilAnsweredAsync("cancel", async () =>
        {
            switch (await client.CancelAsync(submission.Id))
            {
                case CancelOutcome.Types.Result.Cancelled:
                    submission.IsCancelledInQueue();
                    break;
                case CancelOutcome.Types.Result.NotFound or CancelOutcome.Types.Result.PermissionDenied:
                    _complaints.Add($"{submission}: acknowledged, and now nobody knows it");
                    break;
            }
        });
    }

    private void Note(Submission submission, long id)
    {
        deeds.Count("acknowledged");
        if (!submission.Acknowledged(id))
        {
            _complaints.Add($"{submission}: acknowledged again as job {id}");
        }
    }

    /// <summary>Says something until it is answered, or is refused for a reason that nothing here explains.</summary>
    private async Task UntilAnsweredAsync(string what, Func<Task> say)
    {
        while (true)
        {
            try
            {
                await say();
                deeds.Count(what);
                return;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.AlreadyExists or StatusCode.FailedPrecondition
                or StatusCode.PermissionDenied or StatusCode.NotFound or StatusCode.Unimplemented)
            {
                _complaints.Add($"{what} was refused: {e.Status}");
                return;
            }
            catch (RpcException e)
            {
                deeds.Count($"{what}: {e.StatusCode}, said again");
                await Task.Delay(Pause);
            }
        }
    }
}

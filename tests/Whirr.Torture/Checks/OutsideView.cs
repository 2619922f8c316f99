using Whirr.Domain.Jobs;
using Whirr.Torture.Load;
using Whirr.Torture.Places;

namespace Whirr.Torture.Checks;

/// <summary>Looks at everything that can be seen without the daemon, and holds it against the invariants.</summary>
internal sealed class OutsideView(Workplace place, JobLoad load, Deeds deeds)
{
    private readonly Ledger _ledger = new(place.Ledger);
    private readonly Dictionary<long, (JobState, EndReason)> _ended = [];
    private readonly HashSet<(long, int)> _judged = [];
    private readonly HashSet<string> _complained = [];

    public Findings Findings { get; } = new();

    /// <summary>The newest records.</summary>
    public Records Records { get; private set; } = new([], Array.Empty<AttemptRecord>().ToLookup(attempt => attempt.JobId));

    /// <summary>What holds at every moment, whatever is going on.</summary>
    public void Look()
    {
        Records = Records.Read(place.Database);

        // After the records, so that an attempt that has ended there must be gone here; the ledger last, so that no start is unknown to it.
        LookAtProcesses();
        var starts = _ledger.Starts;
        var ran = starts.ToHashSet();
        LookAtAcknowledged();
        LookForTwice(starts);
        LookAtEnds(ran);
    }

    /// <summary>What holds when everything has ended and the faults are over.</summary>
    public void LookAtEnd(IReadOnlyCollection<string> leftovers)
    {
        Look();
        foreach (var job in Records.Jobs)
        {
            Findings.Look(Invariant.Lost, job.State.IsEnded() ? null : $"job {job.Id} does not end, it is {job.State.ToWord()} ({job.Detail})");
        }

        foreach (var submission in load.Submissions)
        {
            Findings.Look(Invariant.Lost, submission.Id > 0 ? null : $"{submission} was never acknowledged");
            Findings.Look(Invariant.Lost, MissingInLog(submission));
        }

        Findings.Look(Invariant.Lost, Records.Integrity(place.Database) is "ok" ? null : $"the database is damaged: {Records.Integrity(place.Database)}");
        foreach (var leftover in leftovers)
        {
            Findings.Look(Invariant.LeftBehind, leftover);
        }
    }

    private void LookAtAcknowledged()
    {
        var byId = Records.Jobs.ToDictionary(job => job.Id);
        foreach (var submission in load.Submissions.Where(submission => submission.Id > 0))
        {
            Findings.Look(
                Invariant.Lost,
                byId.GetValueOrDefault(submission.Id) is { } job && job.Uid == submission.Uid ? null : $"{submission} was acknowledged and is not in the database");
        }

        foreach (var job in Records.Jobs.Where(job => job.State.IsEnded()))
        {
            var now = (job.State, job.Reason);
            Findings.Look(Invariant.Lost, _ended.TryAdd(job.Id, now) || _ended[job.Id] == now ? null : $"job {job.Id} had ended as {_ended[job.Id]} and is now {now}");
        }

        foreach (var complaint in load.Complaints.Where(_complained.Add))
        {
            Findings.Look(Invariant.Lost, complaint);
        }
    }

    private void LookForTwice(IReadOnlyList<(long JobId, int Attempt)> starts)
    {
        foreach (var alone in _ledger.NotAlone.Where(start => _complained.Add($"twice {start}")))
        {
            Findings.Look(Invariant.Twice, $"job {alone.JobId} attempt {alone.Attempt} started while another attempt of it was alive");
        }

        foreach (var start in starts.GroupBy(start => start).Where(start => start.Count() > 1 && _complained.Add($"again {start.Key}")))
        {
            Findings.Look(Invariant.Twice, $"job {start.Key.JobId} attempt {start.Key.Attempt} started {start.Count()} times");
        }

        var ended = Records.Jobs.Where(job => job.State.IsEnded()).Select(job => job.Id).ToHashSet();
        foreach (var start in starts.Where(start => ended.Contains(start.JobId)))
        {
            var known = Records.Attempts[start.JobId].Any(attempt => attempt.Number == start.Attempt);
            Findings.Look(Invariant.Twice, known ? null : $"job {start.JobId} attempt {start.Attempt} ran, and no record knows it");
        }

        foreach (var job in Records.Jobs)
        {
            var well = Records.Attempts[job.Id].Count(attempt => attempt.Finished && attempt.Reason == EndReason.None);
            Findings.Look(Invariant.Twice, well <= 1 ? null : $"job {job.Id} completed {well} times");
        }
    }

    private void LookAtEnds(IReadOnlySet<(long, int)> ran)
    {
        var byUid = load.Submissions.ToDictionary(submission => submission.Uid);
        foreach (var job in Records.Jobs)
        {
            var submission = byUid.GetValueOrDefault(job.Uid);
            if (submission is null)
            {
                Findings.Look(Invariant.Twice, $"job {job.Id} was submitted by nobody");
                continue;
            }

            var attempts = Records.Attempts[job.Id].ToList();
            foreach (var attempt in attempts.Where(attempt => attempt.Finished && _judged.Add(attempt.Key)))
            {
                var wrong = ReasonRules.Judge(submission, attempt, ran.Contains(attempt.Key), deeds);
                Findings.Look(Invariant.WrongReason, wrong is null ? null : $"{submission} attempt {attempt.Number} {wrong}");
            }

            if (job.State.IsEnded() && _judged.Add((job.Id, 0)))
            {
                var wrong = ReasonRules.Judge(submission, job, attempts, ran);
                Findings.Look(Invariant.WrongReason, wrong is null ? null : $"{submission} {wrong}");
                Findings.Look(
                    Invariant.Twice, submission.CancelledInQueue && job.State != JobState.Cancelled ? $"{submission} was cancelled in the queue and is {job.State.ToWord()}" : null);
            }
        }
    }

    private void LookAtProcesses()
    {
        var over = Records.Attempts.SelectMany(attempts => attempts).Where(attempt => attempt.Finished).Select(attempt => attempt.Key).ToHashSet();
        foreach (var process in ProcessTrees.Find(place).Where(process => process.JobId > 0 && !process.IsKeeper))
        {
            Findings.Look(
                Invariant.LeftBehind,
                over.Contains((process.JobId, process.Attempt)) ? $"process {process.Pid} ({process.State}) of job {process.JobId} attempt {process.Attempt}, which has ended: {process.CommandLine}" : null);
        }

        Findings.Look(Invariant.LeftBehind, null);
    }

    /// <summary>A log that was written in one attempt without trouble has every line.</summary>
    private string? MissingInLog(Submission submission)
    {
        if (submission.Life.Kind != "log" || Records.Jobs.FirstOrDefault(job => job.Id == submission.Id) is not { State: JobState.Completed }
            || Records.Attempts[submission.Id].Count() != 1)
        {
            return null;
        }

        var lines = File.ReadAllLines(Path.Combine(place.Runs, $"job-{submission.Id}", "output.log"));
        return lines.Length == submission.Life.Number + 1 && lines[^1] == "whole" ? null : $"{submission}: its log has {lines.Length} lines and ends with \"{lines.LastOrDefault()}\"";
    }
}

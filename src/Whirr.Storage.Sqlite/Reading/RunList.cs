using System.Text;
using Whirr.Domain.Runs;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>A page of runs: one walk over those of the owner that keeps the places of the runs that match, then the runs of the page.</summary>
/// <remarks>Conditions look into configurations, which no index could know. A walk holds one run at a time: memory is that of a page, which is
/// bounded in bytes too.</remarks>
internal static class RunList
{
    /// <summary>The configurations, summaries and notes of a page, so that it fits into a message.</summary>
    private const long MaxPageBytes = 3 << 20;

    public static RunPage Read(Connection connection, RunQuery query)
    {
        // One snapshot for the walk and the page.
        connection.Begin();
        try
        {
            var places = FindPlaces(connection, query);
            places.Sort(query.Order);
            var first = query.After is { } after ? FirstBehind(places, after, query.Order) : 0;
            var runs = new List<RunEntry>();
            long bytes = 0;
            for (var index = first; index < places.Count && runs.Count < query.Limit; index++)
            {
                var run = connection.Prepare(Queries.FindRun).Bind("id", places[index].Id).Single(RunRow.Read)!;
                bytes += SizeOf(run);
                if (bytes > MaxPageBytes && runs.Count > 0)
                {
                    break;
                }

                runs.Add(run);
            }

            var end = first + runs.Count;
            return new RunPage(runs, places.Count, end < places.Count && runs.Count > 0 ? places[end - 1] : null);
        }
        finally
        {
            connection.Rollback();
        }
    }

    private static List<RunPlace> FindPlaces(Connection connection, RunQuery query)
    {
        var words = WordsOf(query);
        if (words.Length == 0 && query.MatchesAllOfOwner && query.Order.Field.Name == RunField.Started.Name)
        {
            return connection.Prepare(Queries.ListRunStarts).Bind("owner_uid", query.OwnerUid).All(
                static row => new RunPlace(row.IsNull("started_at") ? RunValue.Absent : RunValue.Of(row.Int64("started_at")), row.Int64("id")));
        }

        var walk = words.Length == 0
            ? connection.Prepare(Queries.ListRuns)
            : connection.Prepare(Queries.ListRunsWithWords).Bind("words", words);
        var places = new List<RunPlace>();
        walk.Bind("owner_uid", query.OwnerUid);
        try
        {
            while (walk.Next())
            {
                var run = RunRow.Read(walk);
                if (query.Matches(run))
                {
                    places.Add(new RunPlace(query.Order.Field.Of(run), walk.Int64("id")));
                }
            }
        }
        finally
        {
            walk.Reset();
        }

        return places;
    }

    private static int FirstBehind(List<RunPlace> places, RunPlace after, RunOrder order)
    {
        var found = places.BinarySearch(after, order);
        return found < 0 ? ~found : found + 1;
    }

    /// <summary>The words as FTS5 wants them (sqlite.org/fts5.html#full_text_query_syntax): all quoted, so that nothing in them is an operator.
    /// Those without a letter or digit are none to FTS5.</summary>
    private static string WordsOf(RunQuery query) => string.Join(
        ' ',
        query.Words.Where(word => word.Any(char.IsLetterOrDigit)).Select(word => word.EndsWith('*') ? $"{Quote(word.TrimEnd('*'))}*" : Quote(word)));

    private static string Quote(string word) => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static long SizeOf(RunEntry run) =>
        Encoding.UTF8.GetByteCount(run.ConfigJson ?? "") + Encoding.UTF8.GetByteCount(run.SummaryJson ?? "") + Encoding.UTF8.GetByteCount(run.Note)
        + Encoding.UTF8.GetByteCount(run.Name) + run.Tags.Sum(Encoding.UTF8.GetByteCount);
}

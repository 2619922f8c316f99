using Whirr.Storage.Sqlite;

namespace Whirr.StoreProgram;

/// <summary>Adds jobs from four callers at once until it is killed, and says which were acknowledged.</summary>
internal static class Adder
{
    public static async Task<int> RunAsync(string path)
    {
        await using var store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path });
        await using var output = Console.OpenStandardOutput();
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AddForeverAsync()));
        return 0;

        async Task AddForeverAsync()
        {
            while (true)
            {
                var job = Sample.Job();
                var added = await store.AddAsync([job], CancellationToken.None);

                // One write per line, straight to the pipe: nothing that was acknowledged is lost in a buffer of this process.
                var line = System.Text.Encoding.ASCII.GetBytes($"{added[0].Id} {job.Settings.Uid}\n");
                lock (gate)
                {
                    output.Write(line);
                }
            }
        }
    }
}

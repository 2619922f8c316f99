using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;

namespace Whirr.StoreProgram;

/// <summary>Opens a store and keeps it until standard input ends.</summary>
internal static class Holder
{
    public static async Task<int> RunAsync(string path)
    {
        try
        {
            await using var store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = path });
            Console.WriteLine("open");
            await Console.In.ReadToEndAsync();
            return 0;
        }
        catch (StoreException error)
        {
            Console.WriteLine($"refused {error.Fault}");
            return 1;
        }
    }
}

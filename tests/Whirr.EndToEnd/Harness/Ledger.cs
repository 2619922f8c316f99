namespace Whirr.EndToEnd.Harness;

/// <summary>Proves from the outside how often jobs ran: each start takes a file that must not exist yet, and notes when it cannot.</summary>
internal sealed class Ledger
{
    private readonly string _directory;

    public Ledger(string place)
    {
        _directory = Path.Combine(place, "ledger");
        Directory.CreateDirectory(_directory);
    }

    /// <summary>A job that proves its start, then does <paramref name="work"/>. The file is made with O_EXCL (noclobber).</summary>
    public string Script(string work = "") =>
        $"set -C; if echo $$ >{_directory}/$WHIRR_JOB_ID; then :; else echo again >>{_directory}/twice.$WHIRR_JOB_ID; fi; {work}";

    /// <summary>Jobs that ran.</summary>
    public IReadOnlyList<long> Ran => [.. Files.Where(name => !name.Contains('.')).Select(long.Parse).Order()];

    /// <summary>Jobs that ran more than once.</summary>
    public IReadOnlyList<string> RanTwice => [.. Files.Where(name => name.StartsWith("twice.", StringComparison.Ordinal))];

    /// <summary>Process ids of the shells that ran.</summary>
    public IEnumerable<int> Pids => Ran.Select(id => File.ReadAllText(Path.Combine(_directory, $"{id}")).Trim()).Where(text => text.Length > 0).Select(int.Parse);

    private IEnumerable<string> Files => Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path));
}

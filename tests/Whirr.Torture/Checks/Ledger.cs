namespace Whirr.Torture.Checks;

/// <summary>What the jobs themselves wrote down: one line for each start, and one for each that was not alone.</summary>
internal sealed class Ledger(string directory)
{
    public IReadOnlyList<(long JobId, int Attempt)> Starts => Read("starts");

    public IReadOnlyList<(long JobId, int Attempt)> NotAlone => Read("twice");

    private List<(long JobId, int Attempt)> Read(string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n').SkipLast(1).Select(line => line.Split(' ')).Select(words => (long.Parse(words[0]), int.Parse(words[1])))];
    }
}

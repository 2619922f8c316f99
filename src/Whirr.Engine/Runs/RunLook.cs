namespace Whirr.Engine.Runs;

/// <summary>What a look at directories of runs came to.</summary>
/// <param name="Places">Each directory that is there, by the path that it was asked for, with the path by which the index has it.</param>
/// <param name="Problems">What could not be looked at, in sentences.</param>
public sealed record RunLook(IReadOnlyDictionary<string, string> Places, IReadOnlyList<string> Problems)
{
    /// <summary>The path by which the index has a directory.</summary>
    public string PlaceOf(string path) => Places.GetValueOrDefault(path, path);
}

using System.Security.Cryptography;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Ablations;

/// <summary>The ablations of a project: <c>.whirr/ablations/ID.json</c>, and <c>index.json</c> with the ids by name.</summary>
internal sealed class AblationFiles
{
    private const string Index = "index.json";
    private const int IdLength = 6;

    private readonly string _place;

    private AblationFiles(string place) => _place = place;

    /// <summary>Those of the nearest project.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static AblationFiles OfProject(Surroundings surroundings) => ProjectDirectory.Find(surroundings.CurrentDirectory()) is { } project
        ? new AblationFiles(Path.Combine(project, "ablations"))
        : throw new CommandFailure(FailureKind.Invalid, "there is no project at or above this directory to keep ablations in; `whirrctl init` makes one.");

    /// <summary>Begins a new one.</summary>
    /// <exception cref="CommandFailure">There is one of that name.</exception>
    public Ablation Add(string name, string metric)
    {
        var ids = ReadIndex();
        if (ids.ContainsKey(name))
        {
            throw new CommandFailure(FailureKind.Conflict, $"there is an ablation {SafeText.Quote(name)} already; choose another name.");
        }

        string id;
        do
        {
            id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        }
        while (File.Exists(PathOf(id)));

        var ablation = new Ablation(id, name, metric, 0, []);
        Save(ablation);
        ids[name] = id;
        Write(Path.Combine(_place, Index), json =>
        {
            json.WriteStartObject();
            foreach (var (each, of) in ids.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteString(each, of);
            }

            json.WriteEndObject();
        });
        return ablation;
    }

    /// <summary>By name or id.</summary>
    /// <exception cref="CommandFailure">There is none, or its file is damaged.</exception>
    public Ablation Find(string name)
    {
        var ids = ReadIndex();
        var id = ids.GetValueOrDefault(name) ?? ids.Values.FirstOrDefault(each => each == name) ?? throw new CommandFailure(
            FailureKind.NotFound,
            $"there is no ablation {SafeText.Quote(name)}"
                + (ids.Count == 0 ? "; `whirrctl ablate init` begins one." : $"; there are {SafeText.Escape(string.Join(", ", ids.Keys))}."));
        return Guard(PathOf(id), () => Ablation.Read(File.ReadAllBytes(PathOf(id))));
    }

    public void Save(Ablation ablation) => Write(PathOf(ablation.Id), ablation.WriteTo);

    /// <summary>Writes the configuration of one run, where its command finds it, and gives the path.</summary>
    public string SaveConfig(Ablation ablation, string condition, int replicate, string json)
    {
        // Names of conditions may hold anything, a slash too.
        var file = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(condition)))[..8];
        var path = Path.Combine(_place, ablation.Id, $"{file}-{replicate}.json");
        Write(path, writer => writer.WriteRawValue(json));
        return path;
    }

    private Dictionary<string, string> ReadIndex()
    {
        var path = Path.Combine(_place, Index);
        return !File.Exists(path) ? [] : Guard(path, () =>
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => CheckId(member.Value.GetString()));
        });
    }

    // The id becomes part of a path.
    private static string CheckId(string? id) => id is { Length: IdLength } && id.All(char.IsAsciiLetterOrDigit) ? id : throw new JsonException("not an id");

    private string PathOf(string id) => Path.Combine(_place, $"{id}.json");

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CommandFailure(FailureKind.Files, $"{SafeText.Quote(path)} is damaged: it is not what whirrctl writes.", exception);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(path)}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    /// <summary>In one step: a reader finds the old content or the new.</summary>
    private static void Write(string path, Action<Utf8JsonWriter> write)
    {
        var temporary = $"{path}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, JsonLine.Format(write));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot write {SafeText.Quote(path)}: {FileProblem.Describe(exception)}.", exception);
        }
    }
}

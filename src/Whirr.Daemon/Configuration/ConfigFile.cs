using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Whirr.Daemon.Configuration;

/// <summary>Reads <c>whirrd.yaml</c>: one mapping of settings to plain values.</summary>
internal static class ConfigFile
{
    /// <summary>Reads the settings of a file, with the lines they stand on. What is wrong is added to <paramref name="faults"/>.</summary>
    public static IReadOnlyList<RawSetting> Read(string path, ICollection<string> faults)
    {
        var settings = new List<RawSetting>();
        try
        {
            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            if (yaml.Documents.Count == 0)
            {
                return settings;
            }

            if (yaml.Documents.Count > 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            {
                faults.Add($"{path}: is not one mapping of settings (key: value lines)");
                return settings;
            }

            foreach (var (keyNode, valueNode) in root.Children)
            {
                ReadEntry(path, keyNode, valueNode, settings, faults);
            }
        }
        catch (YamlException e)
        {
            faults.Add($"{path}:{e.Start.Line}: is not YAML: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: cannot be read: {e.Message}");
        }

        return settings;
    }

    private static void ReadEntry(string path, YamlNode keyNode, YamlNode valueNode, List<RawSetting> settings, ICollection<string> faults)
    {
        var origin = $"{path}:{keyNode.Start.Line}";
        if (keyNode is not YamlScalarNode { Value: { } name })
        {
            faults.Add($"{origin}: a setting's name must be a plain word");
        }
        else if (SettingKey.Find(name) is null)
        {
            var hint = SettingKey.Closest(name) is { } close ? $"; did you mean \"{close.Name}\"?" : "; whirrd --help lists what there is";
            faults.Add($"{origin}: there is no setting \"{name}\"{hint}");
        }
        else if (valueNode is not YamlScalarNode { Value: { } value })
        {
            faults.Add($"{origin}: {name} must have one plain value");
        }
        else
        {
            settings.Add(new RawSetting(name, value, origin));
        }
    }
}

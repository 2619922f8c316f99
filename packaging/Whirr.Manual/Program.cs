using Whirr.Manual.Completions;
using Whirr.Manual.Pages;

const string Usage = "usage: whirr-manual man|completions TEMPLATES OUTPUT";

switch (args)
{
    case ["man", var templates, var output]:
        foreach (var (name, text) in Manual.Write(templates, PageStamp.OfThisBuild()))
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(output).FullName, name), text);
        }

        return 0;
    case ["completions", var templates, var output]:
        foreach (var (name, text) in ShellFiles.Write(templates))
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(output).FullName, name), text);
        }

        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

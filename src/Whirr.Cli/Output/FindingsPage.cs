using Whirr.Cli.Diagnosis;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>What <c>doctor</c> found, for people and as JSON.</summary>
internal static class FindingsPage
{
    private const string Indent = "                       ";
    private const int NarrowestText = 30;

    public static void Write(Session session, IReadOnlyList<Finding> findings)
    {
        if (session.Json)
        {
            WriteJson(session.Out, findings);
            return;
        }

        for (var at = 0; at < findings.Count; at++)
        {
            var finding = findings[at];
            var (word, colour) = finding.Result switch
            {
                Verdict.Ok => ("ok", Colour.Green),
                Verdict.Note => ("note", Colour.None),
                Verdict.Warn => ("warning", Colour.Yellow),
                _ => ("PROBLEM", Colour.Red),
            };
            var left = $"{session.Out.Paint(word, colour)}{new string(' ', 9 - word.Length)}{finding.Name,-14}";
            Write(session.Out, left, SafeText.Escape(finding.Detail));

            // What mends several of a kind is said once, behind the last.
            var goesOn = at + 1 < findings.Count && findings[at + 1].Name == finding.Name && findings[at + 1].Advice == finding.Advice;
            if (finding.Advice.Length > 0 && !goesOn)
            {
                Write(session.Out, Indent, "to mend: " + SafeText.Escape(finding.Advice));
            }
        }

        session.Out.WriteLine(Sum(findings));
    }

    private static string Sum(IReadOnlyList<Finding> findings)
    {
        var parts = new List<string>();
        foreach (var (result, noun) in new[] { (Verdict.Fail, "problem"), (Verdict.Warn, "warning"), (Verdict.Note, "note") })
        {
            var names = findings.Where(finding => finding.Result == result).Select(finding => finding.Name).ToList();
            if (names.Count > 0)
            {
                parts.Add($"{names.Count} {noun}{(names.Count == 1 ? "" : "s")}{(result == Verdict.Note ? "" : $" ({string.Join(", ", names.Distinct())})")}");
            }
        }

        return findings.Any(finding => finding.Result is Verdict.Fail or Verdict.Warn) ? string.Join(", ", parts)
            : parts.Count == 0 ? "All checks passed"
            : $"All checks passed, {parts[0]}";
    }

    /// <summary>One line; on a terminal broken between words, so that the names on the left stand alone.</summary>
    private static void Write(TextOutput output, string left, string text)
    {
        var room = output.Width is { } width ? Math.Max(NarrowestText, width - Indent.Length) : int.MaxValue;
        foreach (var line in Break(text, room))
        {
            output.WriteLine(left + line);
            left = Indent;
        }
    }

    private static IEnumerable<string> Break(string text, int room)
    {
        var line = "";
        foreach (var word in Words(text, room))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }

    /// <summary>Words; what is between backticks is to be typed, and stays whole where it fits.</summary>
    private static IEnumerable<string> Words(string text, int room)
    {
        var from = 0;
        var isCode = false;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at == text.Length || (text[at] == ' ' && (!isCode || text.IndexOf('`', at) - from >= room)))
            {
                yield return text[from..at];
                from = at + 1;
            }
            else if (text[at] == '`')
            {
                isCode = !isCode;
            }
        }
    }

    private static void WriteJson(TextOutput output, IReadOnlyList<Finding> findings) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("checks");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("name", finding.Name);
            json.WriteString("result", finding.Result.ToWord());
            json.WriteString("detail", finding.Detail);
            JobDocument.Text(json, "advice", finding.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("failures", findings.Count(finding => finding.Result == Verdict.Fail));
        json.WriteNumber("warnings", findings.Count(finding => finding.Result == Verdict.Warn));
        json.WriteNumber("notes", findings.Count(finding => finding.Result == Verdict.Note));
        json.WriteEndObject();
    });
}

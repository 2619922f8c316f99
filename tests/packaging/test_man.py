"""The manual pages say what the programs say, all of it and nothing else."""

import json
import os
import re
import subprocess

import pytest
from conftest import MAN, PROGRAMS, ROOT, say

COLUMN = 32


def pages():
    return sorted(path.name for path in MAN.iterdir()) if MAN.is_dir() else []


def plain(text):
    """Without marks of code, in words."""
    return " ".join(text.replace("`", "").split())


def unescape(roff):
    text = re.sub(r"\\f[BIRP]", "", roff)
    for code, character in ((r"\(aq", "'"), (r"\(ga", "`"), (r"\(ha", "^"), (r"\(ti", "~"), (r"\-", "-"), (r"\&", ""), (r"\:", ""), (r"\e", "\\")):
        text = text.replace(code, character)
    return text


def shown(name):
    """What a reader sees, in words."""
    text = say("man", "-l", "--nh", "--nj", "-E", "UTF-8", str(MAN / name), MANWIDTH="2000", MAN_KEEP_FORMATTING="", LC_ALL="C.UTF-8")
    return plain(text)


def section(name, heading):
    source = (MAN / name).read_text()
    return re.search(rf"^\.SH {heading}\n(.*?)(?=^\.SH |\Z)", source, re.M | re.S).group(1)


def tags(text):
    return [unescape(tag) for tag in re.findall(r"^\.TP\n(.*)$", text, re.M)]


def rows(help_text):
    """Rows of the tables of a help page of whirrctl: what is on the left, what is said of it."""
    lines = help_text.split("\n")
    for at, line in enumerate(lines):
        if re.match(r"  \S", line):
            following = lines[at + 1] if at + 1 < len(lines) else ""
            if len(line) > COLUMN and line[COLUMN - 1] == " ":
                yield line[:COLUMN].strip(), line[COLUMN:].strip()
            elif following.startswith(" " * COLUMN):
                yield line.strip(), following.strip()


def help_of(verb=None):
    return say(PROGRAMS / "whirrctl", *([verb] if verb else []), "--help")


def sections(help_text):
    """Tables by their heading."""
    found = {}
    for block in re.split(r"\n\n(?=[A-Z][^\n]*:\n  )", "\n" + help_text):
        heading, _, body = block.strip("\n").partition(":\n")
        found[heading] = body.split("\n\n")[0]
    return found


def verbs():
    return [name for name, _ in rows(sections(help_of())["Verbs"]) if not name.startswith("help")]


VERBS = verbs() if (PROGRAMS / "whirrctl").exists() else []


def test_there_is_a_page_for_each_verb_and_none_for_another():
    assert len(VERBS) > 20
    assert {f"whirrctl-{verb}.1" for verb in VERBS} == {name for name in pages() if name.startswith("whirrctl-")}
    assert {f"whirrctl-{verb}(1)" for verb in VERBS} == set(tags(section("whirrctl.1", "VERBS")))
    text = shown("whirrctl.1")
    for verb, what in rows(sections(help_of())["Verbs"]):
        assert verb.startswith("help") or plain(f"whirrctl-{verb}(1) {what}") in text


@pytest.mark.parametrize("verb", VERBS)
def test_a_page_has_the_options_the_examples_and_the_notes_of_the_help(verb):
    text = help_of(verb)
    tables = {name: body for name, body in sections(text).items() if not name.startswith(("Usage", "Examples"))}
    usage_heading = text.split("\n\n")[0]
    options = [row for name, body in tables.items() if name != usage_heading for row in rows(body) if row[0].startswith("-")]
    page = shown(f"whirrctl-{verb}.1")
    assert sorted(left for left, _ in options) == sorted(tags(section(f"whirrctl-{verb}.1", "OPTIONS")))
    for left, what in options:
        assert plain(f"{left} {what}") in page
    examples, _, notes = text.partition("\nExamples:\n")[2].partition("\n\n")
    for example in examples.strip("\n").split("\n"):
        assert " ".join(example.split()) in shown_exactly(verb)
    for paragraph in notes.split("\n\n"):
        assert plain(paragraph) in page
    assert plain(text.split("\n")[0]) in page


def shown_exactly(verb):
    return " ".join(say("man", "-l", "--nh", "--nj", "-E", "UTF-8", str(MAN / f"whirrctl-{verb}.1"), MANWIDTH="2000", LC_ALL="C.UTF-8").split())


def test_the_overview_has_the_exit_codes():
    table = help_of().partition("Exit codes:\n")[2].partition("\n\n`whirrctl")[0]
    codes = dict(re.findall(r"^ +(\d+)  (.+)$", table, re.M))
    assert len(codes) >= 9
    assert sorted(codes) == sorted(tags(section("whirrctl.1", "EXIT STATUS")))
    text = shown("whirrctl.1")
    for code, what in codes.items():
        assert plain(f"{code} {what}") in text


def daemon_options():
    """Of whirrd: option with its value, what is said of it."""
    return {
        name: (value or "", what)
        for name, value, what in re.findall(r"^  (--[a-z-]+)(?: <?([^\s>]+)>?)?  +(\S.*)$", say(PROGRAMS / "whirrd", "--help"), re.M)
        if name != "--version"
    }


def settings():
    return {name: entry for name, entry in daemon_options().items() if name not in ("--system", "--user", "--config", "--check-config")}


def test_whirrd_has_its_options_and_no_others():
    options = daemon_options()
    assert len(options) > 25
    text = shown("whirrd.8")
    assert sorted(plain(f"{name} {value}") for name, (value, _) in options.items()) == sorted(tags(section("whirrd.8", "OPTIONS"))[:4] + tags(section("whirrd.8", "OPTIONS"))[6:])
    for name, (value, what) in options.items():
        assert plain(f"{name} {value} {what}") in text


def test_the_file_has_the_settings_and_no_others():
    text = shown("whirrd.yaml.5")
    expected = {name[2:].replace("-", "_"): entry for name, entry in settings().items()}
    assert sorted(f"{name}: {value}" for name, (value, _) in expected.items()) == sorted(tags(section("whirrd.yaml.5", "SETTINGS")))
    for name, (value, what) in expected.items():
        assert plain(f"{name}: {value} {what}") in text
        assert f"Also WHIRR_{name.upper()}, --{name.replace('_', '-')}." in text


def test_the_file_and_the_readme_agree_on_what_is_read_again():
    page = section("whirrd.yaml.5", "SETTINGS")
    table = re.findall(r"^\| `(\w+)`( \*)? \|", (ROOT / "README.md").read_text().partition("\n## Configuration\n")[2].partition("\n## ")[0], re.M)
    assert len(table) > 15
    for name, star in table:
        entry = re.search(rf"^\\fB{name}:\\fR.*\n.*\n\.IP\n(.*)$", page, re.M).group(1)
        assert entry.startswith("Read again at SIGHUP.") == bool(star), name


def test_the_keeper_has_its_verbs_and_no_others():
    source = (ROOT / "src/Whirr.KeeperContract/KeeperProtocol.cs").read_text() + (ROOT / "src/Whirr.Keeper/Program.cs").read_text()
    known = set(re.findall(r'Verb = "(\w+)"', source)) | set(re.findall(r'^ +\["([\w-]+)"[\],]', source, re.M))
    entries = re.findall(r"^\.TP\n\.BI? ([^ \n]+)", section(r"whirr-keeper.8", "VERBS"), re.M)
    assert known == {unescape(entry) for entry in entries}


def test_the_sweep_file_has_its_keys_and_no_others():
    source = (ROOT / "src/Whirr.Cli/Sweeps/SweepFile.cs").read_text()
    known = set(re.findall(r'^ +case "(\w+)":$', source, re.M)) | set(re.search(r'is not \(("value".*?)\)\)', source).group(1).replace('"', "").split(" or "))
    keys = [word for line in re.findall(r"^\.TP\n\.BR? (.*)$", section("whirr-sweep.yaml.5", "KEYS"), re.M) for word in re.findall(r"\w+", line)]
    assert len(known) > 10 and known == set(keys)


def fields(of):
    part = re.search(rf'^\.\\" fields: {re.escape(of)}\n(.*?)^\.\\" fields: end', (MAN / "whirr-run.5").read_text(), re.M | re.S).group(1)
    return {word for line in re.findall(r"^\.TP\n\.BR? (.*)$", part, re.M) for word in re.findall(r"\w+", line)}, part


def read(*paths):
    return "".join((ROOT / path).read_text() for path in paths)


def test_meta_json_has_the_members_that_the_programs_write_and_read():
    written = set(re.findall(r'json\.Write(?:String|Number|Null|StartObject)\("(\w+)"u8|WriteList\(json, "(\w+)"', read("src/Whirr.Runs/RunMeta.cs")))
    known = {word for pair in written for word in pair if word}
    known |= set(re.findall(r'^ +case "(\w+)": ', read("src/Whirr.Runs/RunMetaReader.cs"), re.M)) | {"note", "tags"}
    python = read("src/python/whirr/machine.py", "src/python/whirr/record.py", "src/python/whirr/gitinfo.py", "src/python/whirr/environment.py")
    known |= set(re.findall(r'^ +"(\w+)": (?!os\.path)', python, re.M)) | set(re.findall(r'(?:patch|info)\["(\w+)"\] =', python)) | {"git_info"}
    named, text = fields("meta.json")
    missing = {name for name in known if not re.search(rf"\b{name}\b", text)}
    assert len(known) > 25 and not missing
    assert named <= known | set(re.findall(r'"(\w+)"', python + read("src/Whirr.Runs/RunMeta.cs", "src/Whirr.Runs/RunMetaReader.cs")))


def test_system_jsonl_has_the_fields_of_keeper_and_package():
    keeper = read("src/Whirr.Keeper/Keep/Watches/SystemLine.cs")
    known = set(re.findall(r'WriteNumber\(json, "(\w+)"', keeper)) | {"_timestamp"}
    known |= {f"gpu_N_{name}" for name in re.findall(r'\("(\w+)", gpu\.', keeper)}
    python = set(re.findall(r'record\["(\w+)"\]', read("src/python/whirr/system.py"))) | set(re.findall(r'"((?:disk|network)_\w+)"', read("src/python/whirr/system.py")))
    assert python <= known
    assert fields("system.jsonl")[0] == known


def test_the_other_lines_have_their_fields():
    assert set(re.findall(r'"(\w+)": ', re.search(r"record = (\{.*title.*\})", read("src/python/whirr/alerts.py")).group(1))) == fields("alerts.jsonl")[0]
    assert set(re.findall(r'"(_\w+|step)"', read("src/python/whirr/metrics.py"))) == fields("metrics.jsonl")[0]


def test_a_run_directory_has_no_file_and_no_member_that_the_page_does_not_know(queue):
    directory = queue.place / "runs" / "job-1"
    listed = " ".join(tags(section("whirr-run.5", "FILES")))
    assert [path.name for path in directory.iterdir() if path.name not in listed] == []
    text = fields("meta.json")[1]
    for member in json.loads((directory / "meta.json").read_text()):
        assert re.search(rf"\b{member}\b", text), member


@pytest.mark.parametrize("name", pages())
def test_a_page_is_without_faults(name):
    path = str(MAN / name)
    rendered = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", path], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    assert (rendered.returncode, rendered.stderr) == (0, "")
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], capture_output=True, text=True)
    assert lint.stdout + lint.stderr == ""


def test_the_pages_are_those_of_this_source_and_made_the_same_each_time(tmp_path):
    program = ROOT / "packaging/Whirr.Manual/bin/Release/net10.0/whirr-manual"
    for zone, output in (("Asia/Tokyo", "one"), ("UTC", "two")):
        say(program, "man", str(ROOT / "packaging/man"), str(tmp_path / output), SOURCE_DATE_EPOCH="1769904000", TZ=zone)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert re.sub(r'"\d{4}-\d\d-\d\d"', '""', path.read_text()) == re.sub(r'"\d{4}-\d\d-\d\d"', '""', (MAN / path.name).read_text())
        assert '"2026-02-01"' in path.read_text().split("\n")[0]

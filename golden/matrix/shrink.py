"""`python shrink.py RESULTS REFUSED`: takes off the list what passes now. It never puts anything on it.

RESULTS is `target/model-matrix.json` of the last run of the test, REFUSED is `refused.toml`.
"""
import collections
import fnmatch
import json
import pathlib
import sys
import tomllib

HEAD = """\
# What Fine does not run, and with which error. A case that is on this list and passes fails the test, so the list can only
# shrink (`cargo xtask golden --matrix-docs` takes off what passes); a case that is refused and not on it fails too.
"""


def numbers(version):
    return [int(part) for part in version.split(".") if part.isdigit()]


def shorter(names, everything):
    """The same names, a common beginning of several as `beginning*` where it means no other case."""
    out, left = [], sorted(names)
    while left:
        name = left[0]
        parts = name.split("-")
        starts = ["-".join(parts[:i]) for i in range(1, len(parts) + 1)]
        alike = {start: {n for n in everything if n.startswith(start)} for start in starts}
        start = next((s for s in starts if len(alike[s]) > 1 and alike[s] <= names), None)
        out.append(start + "*" if start else name)
        left = [n for n in left if n not in (alike[start] if start else {name})]
    return out


def written(names, versions, error, why):
    """One entry."""
    one = "cases = " + json.dumps(names, ensure_ascii=False)
    if len(one) > 110:
        lines, line = [], "   "
        for name in names:
            if len(line) + len(name) > 112:
                lines.append(line)
                line = "   "
            line += ' "%s",' % name
        one = "cases = [\n%s\n]" % "\n".join(lines + [line])
    lines = ["[[refused]]", one]
    if versions:
        lines.append("versions = " + json.dumps(versions))
    return "\n".join(lines + ['error = "%s"' % error, "why = " + json.dumps(why, ensure_ascii=False)]) + "\n"


def entries(error, why, refused, versions):
    """Entries for {case: versions in which it is refused}, given all `versions` of each case."""
    parts = collections.defaultdict(set)
    for name, where in refused.items():
        parts[() if where == versions[name] else tuple(sorted(where, key=numbers))].add(name)
    return [written(shorter(names, set(versions)), list(where), error, why) for where, names in sorted(parts.items())]


def main(results, path):
    versions, refused = collections.defaultdict(set), collections.defaultdict(dict)
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("refused", [])
    for row in results:
        versions[row["case"]].add(row["version"])
    for row in results:
        covers = lambda e: any(fnmatch.fnmatchcase(row["case"], n) for n in e["cases"]) and row["version"] in e.get("versions", [row["version"]])
        entry = next((i for i, e in enumerate(listed) if covers(e)), None)
        if row["outcome"] == "refused" and entry is not None and row["detail"].startswith(listed[entry]["error"] + ":"):
            refused[entry].setdefault(row["case"], set()).add(row["version"])
    out = [HEAD]
    for i, entry in enumerate(listed):
        out += entries(entry["error"], entry["why"], refused[i], versions) if i in refused else []
    path.write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")), pathlib.Path(sys.argv[2]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the repository's own rules over its C++ sources; prints one line a violation; exit status 1 if any.

    scripts/check_layers.py [ROOT]

Which room may include which is the table ALLOWED below; everything else is refused.
"""
import pathlib
import re
import sys

ROOMS = ("sim", "models", "topologies", "workloads", "test")
LINE_LIMIT = 400
GENERATED = ("git_revision.hpp",)  # written by the build, and so not below the root

# Folder -> folders whose headers it may include, besides its own and those below it. The longest matching entry
# counts. A folder without an entry may include nothing of ours but itself.
ALLOWED = {
    "sim/core": [],
    "models/transport": ["sim/core"],
    "models/memory": ["sim/core", "models/transport"],
    "models/compute": ["sim/core", "models/transport"],
    "models/pnm": ["sim/core", "models/transport"],
    "models/network": ["sim/core", "models/transport"],
    "models/thermal": ["sim/core", "models/transport"],
    "topologies": ["sim/core"],
    "workloads": ["sim/core"],
    "sim/app": ["sim/core", "models", "topologies", "workloads"],
    "test": ["sim", "models", "topologies", "workloads"],
}

# Third-party headers that may be included in some places only: (header pattern, where it is allowed, why).
THIRD_PARTY = [
    (r"yaml-cpp/", r"sim/core/config/yaml_reader\.cpp$", "yaml-cpp is seen by sim/core/config/yaml_reader.cpp alone"),
    (r"(spdlog|fmt|boost|CLI)/", r".*\.cpp$", "this library is slow to compile: include it in a .cpp only"),
    (r"nlohmann/json\.hpp", r".*\.cpp$", "include nlohmann/json_fwd.hpp in headers"),
    (r"(systemc|tlm)(\.h)?$|tlm_utils/|tlm_core/", r"(sim/core/component|sim/core/trace|sim/app|models|test)/",
     "topologies, workloads and the plain parts of sim/core know no SystemC"),
]

# Code that must not appear: (pattern, where it is allowed all the same, why).
BANNED = [
    (r"\bstd::(cout|cerr|clog)\b|\bprintf\s*\(", r"(sim/app/cli|test)/", "only sim/app/cli talks to the terminal"),
    (r"(?<![\w.>])(std::)?(quick_|_)?exit\s*\(", r"(sim/app/cli|test)/", "only sim/app/cli ends the process"),
    (r"(?<![\w.>:])(std::)?s?rand\s*\(|\brandom_device\b", None, "randomness comes from RandomStream"),
    (r"\bstd::(uniform_\w+|normal|exponential|poisson|bernoulli|discrete)_distribution\b|\bstd::shuffle\b", None,
     "standard distributions differ between implementations: use RandomStream"),
    (r"\bsystem_clock\b|(?<![\w.>:])(std::)?time\s*\(\s*(NULL|nullptr|0)\s*\)", None,
     "the date must not enter a simulation"),
    (r"#\s*define\s+SC_INCLUDE_DYNAMIC_PROCESSES|\busing namespace (std|sc_core|tlm)\b", None,
     "names stay qualified"),
]


def without_comments_and_strings(text):
    """The same text with comments and literals blanked, so that line numbers stay."""
    def blank(match):
        piece = match.group(0)
        if piece.startswith('R"'):
            return '""' + "\n" * piece.count("\n")
        if piece.startswith('"') or (piece.startswith("'")):
            return piece[0] * 2
        return "\n" * piece.count("\n") or " "
    pattern = (r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
               r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'")
    return re.sub(pattern, blank, text, flags=re.DOTALL)


def rule_for(folder):
    """The entry of ALLOWED with the longest prefix of `folder`, or None."""
    matches = [key for key in ALLOWED if (folder + "/").startswith(key + "/")]
    return max(matches, key=len) if matches else None


def check_includes(path, lines, report):
    folder = str(pathlib.PurePosixPath(path).parent)
    own = rule_for(folder)
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not found:
            continue
        quote, header = found.groups()
        for pattern, where, why in THIRD_PARTY:
            if re.match(pattern, header) and not re.match(where, path):
                report(number, f"includes <{header}>; {why}")
        ours = header.split("/")[0] in ROOMS
        if quote == '"' and not ours and header not in GENERATED:
            report(number, f'includes "{header}"; our headers are included by their path from the root')
        if not ours or own is None:
            continue
        reachable = ALLOWED[own] + [own]
        if not any(header.startswith(prefix + "/") for prefix in reachable):
            report(number, f'{own} must not include "{header}"; it may include: {", ".join(reachable)}')


def check_unordered_loops(code, report):
    """A loop over an unordered container runs in an order that differs between libraries."""
    names = set(re.findall(r"\bunordered_(?:multi)?(?:map|set)\s*<[^;{}]*>&?\s+(\w+)\s*[;={(,)]", code))
    for number, line in enumerate(code.split("\n"), 1):
        for name in names:
            if re.search(rf"for\s*\([^;]*:\s*(?:\w+(?:\.|->))*{name}\s*\)|\b{name}\.begin\(\)", line):
                report(number, f"iterates over the unordered container '{name}'; its order is not defined")


def check_file(root, path):
    violations = []

    def report(number, message):
        violations.append(f"{path}:{number}: {message}")

    text = (root / path).read_text(encoding="utf-8", errors="replace")
    lines = text.split("\n")
    if lines[0] != "// SPDX-License-Identifier: Apache-2.0":
        report(1, "the first line must be '// SPDX-License-Identifier: Apache-2.0'")
    if text.count("\n") > LINE_LIMIT:
        report(LINE_LIMIT + 1, f"longer than {LINE_LIMIT} lines; cut it into files that each do one thing")
    if path.endswith(".hpp") and "#pragma once" not in lines:
        report(1, "a header needs '#pragma once'")
    if rule_for(str(pathlib.PurePosixPath(path).parent)) is None:
        report(1, "this folder has no entry in the table of allowed includes (scripts/check_layers.py)")
    check_includes(path, lines, report)
    code = without_comments_and_strings(text)
    for number, line in enumerate(code.split("\n"), 1):
        for pattern, allowed, why in BANNED:
            if re.search(pattern, line) and not (allowed and re.match(allowed, path)):
                report(number, f"'{re.search(pattern, line).group(0).strip()}'; {why}")
    # Members are declared in the header and looped over in the source of the same name.
    header = (root / path).with_suffix(".hpp")
    if path.endswith(".cpp") and header.exists():
        declarations = re.findall(r"[^\n]*unordered_[^\n]*", without_comments_and_strings(header.read_text()))
        check_unordered_loops(code + "\n" + "\n".join(declarations), report)
    else:
        check_unordered_loops(code, report)
    return violations


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    paths = sorted(str(file.relative_to(root)) for room in ROOMS for file in (root / room).rglob("*.[ch]pp"))
    if not paths:
        print(f"{root}: no sources found", file=sys.stderr)
        return 1
    violations = [line for path in paths for line in check_file(root, path)]
    print("\n".join(violations) if violations else f"{len(paths)} files keep the rules")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants one violation of each rule in a small tree and expects check_layers.py to name it, and nothing else."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_layers.py"
SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = SPDX + "#pragma once\n"


def check(files):
    """Exit status and output lines of the script over a tree of `files` (path -> text)."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()


class CheckLayersTest(unittest.TestCase):
    def expect_clean(self, path, text):
        status, lines = check({path: text})
        self.assertEqual((status, lines), (0, ["1 files keep the rules"]), text)

    def expect_violation(self, path, text, place, words):
        status, lines = check({path: text})
        self.assertEqual(status, 1, text)
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith(f"{path}:{place}: "), lines[0])
        self.assertIn(words, lines[0])

    def expect_include(self, path, include, allowed):
        text = SPDX + f"#include {include}\n"
        if allowed:
            self.expect_clean(path, text)
        else:
            self.expect_violation(path, text, 2, "include")

    def test_rooms_include_downwards_only(self):
        for path, header, allowed in [
                ("sim/core/units/a.cpp", "sim/core/config/b.hpp", True),
                ("sim/core/units/a.cpp", "models/memory/b.hpp", False),
                ("sim/core/units/a.cpp", "sim/app/cli/b.hpp", False),
                ("models/memory/a.cpp", "sim/core/units/b.hpp", True),
                ("models/memory/a.cpp", "sim/app/build/b.hpp", False),
                ("models/memory/a.cpp", "workloads/b.hpp", False),
                ("models/network/a.cpp", "topologies/b.hpp", False),
                ("workloads/a.cpp", "sim/core/work/b.hpp", True),
                ("workloads/a.cpp", "models/compute/b.hpp", False),
                ("workloads/a.cpp", "topologies/b.hpp", False),
                ("topologies/a.cpp", "workloads/b.hpp", False),
                ("sim/app/build/a.cpp", "models/memory/b.hpp", True),
                ("sim/app/build/a.cpp", "topologies/b.hpp", True),
                ("sim/app/build/a.cpp", "workloads/b.hpp", True),
                ("sim/app/build/a.cpp", "test/support/b.hpp", False),
                ("test/models/a.cpp", "models/memory/b.hpp", True),
        ]:
            self.expect_include(path, f'"{header}"', allowed)

    def test_families_of_parts_do_not_know_each_other(self):
        self.expect_include("models/compute/a.cpp", '"models/compute/b.hpp"', True)
        self.expect_include("models/compute/a.cpp", '"models/transport/b.hpp"', True)
        self.expect_include("models/compute/a.cpp", '"models/memory/b.hpp"', False)
        self.expect_include("models/compute/a.cpp", '"models/network/b.hpp"', False)
        self.expect_include("models/transport/a.cpp", '"models/memory/b.hpp"', False)

    def test_a_folder_outside_the_table_is_refused(self):
        self.expect_violation("models/quantum/a.cpp", SPDX, 1, "no entry in the table")
        self.expect_violation("sim/other/a.cpp", SPDX, 1, "no entry in the table")

    def test_third_party_headers_keep_to_their_place(self):
        for path, header, allowed in [
                ("sim/core/config/yaml_reader.cpp", "yaml-cpp/yaml.h", True),
                ("sim/core/config/node.cpp", "yaml-cpp/yaml.h", False),
                ("test/core/a.cpp", "yaml-cpp/yaml.h", False),
                ("topologies/a.cpp", "boost/graph/adjacency_list.hpp", True),
                ("sim/app/report/a.cpp", "spdlog/spdlog.h", True),
                ("sim/app/report/a.cpp", "nlohmann/json.hpp", True),
                ("models/memory/a.cpp", "systemc", True),
                ("models/memory/a.cpp", "tlm_utils/peq_with_get.h", True),
                ("workloads/a.cpp", "systemc", False),
                ("topologies/a.cpp", "tlm", False),
                ("sim/core/units/a.cpp", "systemc", False),
        ]:
            self.expect_include(path, f"<{header}>", allowed)
        for header in ("boost/graph/adjacency_list.hpp", "spdlog/spdlog.h", "nlohmann/json.hpp", "CLI/CLI.hpp"):
            self.expect_violation("sim/app/build/a.hpp", HEADER + f"#include <{header}>\n", 3, header)
        self.expect_clean("sim/app/build/a.hpp", HEADER + "#include <nlohmann/json_fwd.hpp>\n")

    def test_our_headers_are_named_from_the_root(self):
        self.expect_violation("workloads/a.cpp", SPDX + '#include "b.hpp"\n', 2, "from the root")

    def test_banned_code(self):
        for line, words in [
                ("std::cout << 1;", "terminal"),
                ("std::fprintf(stderr, \"x\"); printf (\"x\");", "terminal"),
                ("std::exit(1);", "ends the process"),
                ("exit(1);", "ends the process"),
                ("int x = rand();", "RandomStream"),
                ("std::random_device d;", "RandomStream"),
                ("std::normal_distribution<double> d;", "RandomStream"),
                ("std::shuffle(a, b, c);", "RandomStream"),
                ("auto t = std::chrono::system_clock::now();", "date"),
                ("auto t = std::time(nullptr);", "date"),
                ("using namespace std;", "qualified"),
                ("std::unordered_map<int, int> m; for (auto& [k, v] : m) use(k);", "order is not defined"),
        ]:
            self.expect_violation("models/memory/a.cpp", SPDX + line + "\n", 2, words)

    def test_code_that_only_looks_like_it(self):
        for line in ["// std::cout << 1; exit(1);", '/* rand() */', 'say("exit(1)");', "queue.exit(1);", "on_exit(1);",
                     "int operand(1);", "simulated_time(0);", "std::snprintf(b, 4, f);",
                     "std::unordered_map<int, int> m; m.find(1);", "int n = 1'000; char c = '\"'; f(n, '\\'');",
                     'auto t = R"(std::cout << exit(1))";']:
            self.expect_clean("models/memory/a.cpp", SPDX + line + "\n")

    def test_the_command_line_may_print_and_exit(self):
        self.expect_clean("sim/app/cli/main.cpp", SPDX + "void f() { std::cout << 1; std::exit(2); }\n")

    def test_a_member_of_the_header_is_known_in_the_source(self):
        status, lines = check({
            "workloads/a.hpp": HEADER + "struct A { std::unordered_map<int, int> table_; };\n",
            "workloads/a.cpp": SPDX + '#include "workloads/a.hpp"\nvoid f() { for (auto& x : table_) use(x); }\n'})
        self.assertEqual(status, 1)
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith("workloads/a.cpp:3: iterates over"), lines[0])

    def test_every_file_has_its_licence_line(self):
        self.expect_violation("workloads/a.cpp", "int x;\n", 1, "SPDX")

    def test_every_header_has_its_guard(self):
        self.expect_violation("workloads/a.hpp", SPDX + "int x;\n", 1, "#pragma once")

    def test_files_stay_short(self):
        self.expect_clean("workloads/a.cpp", SPDX + "\n" * 399)
        self.expect_violation("workloads/a.cpp", SPDX + "\n" * 400, 401, "longer than 400 lines")

    def test_an_empty_tree_is_a_mistake(self):
        self.assertEqual(check({}), (1, []))


if __name__ == "__main__":
    unittest.main()

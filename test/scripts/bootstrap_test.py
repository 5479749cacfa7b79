#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/bootstrap with dpkg-query and apt-get replaced by stand-ins that report and record."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "bootstrap"

DPKG_QUERY = """#!/bin/sh
for package; do :; done
case " $MISSING " in *" $package "*) exit 1;; esac
printf installed
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >> "$LOG"
exit "${APT_STATUS:-0}"
"""
SUDO = """#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
exec "$@"
"""


def bootstrap(missing="", apt_status="0"):
    """Exit status, what was printed, and the calls of apt-get."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("dpkg-query", DPKG_QUERY), ("apt-get", APT_GET), ("sudo", SUDO)):
            file = pathlib.Path(folder, name)
            file.write_text(text)
            file.chmod(0o755)
        log = pathlib.Path(folder, "log")
        environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", MISSING=missing, LOG=str(log),
                           APT_STATUS=apt_status)
        done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              check=False)
        calls = log.read_text().splitlines() if log.exists() else []
        return done.returncode, done.stdout + done.stderr, calls


class BootstrapTest(unittest.TestCase):
    def test_with_nothing_missing_it_is_silent_and_leaves_apt_alone(self):
        self.assertEqual(bootstrap(), (0, "", []))

    def test_it_says_what_it_installs_and_installs_only_that(self):
        status, printed, calls = bootstrap(missing="libsystemc-dev ccache")
        self.assertEqual(status, 0)
        self.assertEqual(printed, "bootstrap: installing with apt: ccache libsystemc-dev\n")
        self.assertEqual(calls, ["apt-get update -q",
                                 "apt-get install -q -y --no-install-recommends ccache libsystemc-dev"])

    def test_when_apt_fails_the_command_to_run_is_printed(self):
        status, printed, _ = bootstrap(missing="ccache", apt_status="100")
        self.assertEqual(status, 1)
        self.assertIn("apt-get update && apt-get install -y --no-install-recommends ccache", printed)


if __name__ == "__main__":
    unittest.main()

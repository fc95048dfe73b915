#!/usr/bin/env python3
"""golden.py - what a user sees, held against what was accepted before.

  tests/language/<construct>/<case>.treaty      the input
  tests/language/<construct>/<case>.expected    exit code, stdout, stderr

A case is run in its own folder as `treaty check CASE.treaty`, or as its first line says:

  # run: check --format json                    the case's file is put behind the words
  # run: run FILE FEED --format text            or where FILE stands; FEED is CASE.ndjson beside it
  # run: run FOLDER FEED                        the treaties in CASE/ instead

Files in deeper folders belong to cases that `use` them and are no cases themselves. For free on
each case that `check` accepts: `dump` gives the same text twice.

  golden.py [--accept] [NAME...]                NAME: a part of construct/case
"""
import argparse
import difflib
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "language"
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
PROCESSES = 2
SECONDS_MAX = 60
RUN_LINE = "# run:"
EXIT_CODES = {0, 1, 2, 75}   # all that the command line knows; anything else is a crash
NO_LINE_END = "\\ no end of line"


def run(arguments, folder, **more):
  """(exit code, stdout, stderr) as a user with no terminal sees them, in UTC and in no language;
  `more`: of the environment."""
  environment = {name: value for name, value in os.environ.items()
                 if name not in ("COLUMNS", "NO_COLOR", "LANG", "TREATY_TOKEN")}
  environment.update(LC_ALL="C.UTF-8", TZ="UTC", **more)
  done = subprocess.run([BINARY, *arguments], cwd=folder, env=environment, timeout=SECONDS_MAX,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
  return (done.returncode, done.stdout.decode("utf-8", "backslashreplace"),
          done.stderr.decode("utf-8", "backslashreplace"))


def arguments_of(case):
  with open(case, encoding="utf-8", errors="replace", newline="\n") as file:
    first = file.readline().rstrip("\n")
  if not first.startswith(RUN_LINE):
    return ["check", case.name]
  words = shlex.split(first[len(RUN_LINE):])
  named = {"FILE": case.name, "FOLDER": case.stem, "FEED": case.stem + ".ndjson"}
  alone = "FILE" in words or "FOLDER" in words
  return [named.get(word, word) for word in words] + ([] if alone else [case.name])


def section(name, text):
  if not text:
    return ""
  return f"--- {name}\n{text}" + ("" if text.endswith("\n") else f"\n{NO_LINE_END}\n")


def is_crash(code, error):
  return code not in EXIT_CODES or "Sanitizer" in error or "runtime error:" in error


def dump_complaint(case):
  """The complaint about a file that checks and whose dump is not the same twice, or None."""
  first = run(["dump", case.name], case.parent)
  if is_crash(first[0], first[2]):
    return f"'treaty dump' ends with exit {first[0]}:\n{first[2]}"
  if first[0] != 0: # it does not check
    return None
  second = run(["dump", case.name], case.parent, ASAN_OPTIONS="detect_leaks=0")
  return None if first == second else "'treaty dump' gives another text the second time\n"


def judge(case, accept):
  """(name, complaint or None)"""
  name = str(case.relative_to(CASES).with_suffix(""))
  expected_path = case.with_suffix(".expected")
  try:
    code, output, error = run(arguments_of(case), case.parent)
    if is_crash(code, error):
      return name, f"crashed, exit {code}\n{error}"
    complaint = dump_complaint(case)
  except subprocess.TimeoutExpired:
    return name, f"not done after {SECONDS_MAX} seconds\n"
  if complaint:
    return name, complaint
  found = f"exit {code}\n" + section("stdout", output) + section("stderr", error)
  if accept:
    expected_path.write_text(found, encoding="utf-8", newline="\n")
    return name, None
  if not expected_path.exists():
    return name, found + f"nothing is accepted yet: ./dev golden {name} --accept stores this\n"
  expected = expected_path.read_bytes().decode("utf-8")
  if expected == found:
    return name, None
  return name, "".join(difflib.unified_diff(expected.splitlines(True), found.splitlines(True),
                                            "accepted", "now"))


def main():
  options = argparse.ArgumentParser(description="Golden tests of the language.")
  options.add_argument("--accept", action="store_true", help="store what comes out")
  options.add_argument("names", nargs="*", metavar="NAME", help="a part of construct/case")
  given = options.parse_args()
  wanted = lambda path: not given.names or any(
    name in str(path.relative_to(CASES).with_suffix("")) for name in given.names)
  cases = [case for case in sorted(CASES.glob("*/*.treaty")) if wanted(case)]
  if not cases:
    sys.exit("golden: no case " + (f"is called '{' '.join(given.names)}'" if given.names else
                                   f"stands in {CASES}"))
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"golden: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  with ThreadPoolExecutor(PROCESSES) as pool:
    results = list(pool.map(lambda case: judge(case, given.accept), cases))
  for path in sorted(CASES.glob("*/*.expected")):
    if wanted(path) and not path.with_suffix(".treaty").exists():
      results.append((str(path.relative_to(CASES)), "belongs to no case\n"))
  failed = [(name, complaint) for name, complaint in results if complaint]
  for name, complaint in failed:
    print(f"FAILED {name}\n{complaint}", end="" if complaint.endswith("\n") else "\n")
  print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
  sys.exit(1 if failed else 0)


if __name__ == "__main__":
  main()

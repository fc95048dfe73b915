#!/usr/bin/env python3
"""docs.py - every example in README.md and docs/ is run, and `treaty help WORD` gives the section
of docs/language.md on each word of the language.

A block fenced as

  ```treaty                 is a whole treaty: `treaty check` takes it, and its tests pass
  ```treaty error           must fail, with a message that holds the text of the next fenced block
  ```treaty in NAME         is a piece: it stands in the setting NAME where that has a line `...`
  ```treaty error in NAME   both

  ```csv NAME.csv           is a file that the treaties of the page may name, and so is
  ```ics NAME.ics           one of holidays

A setting is an HTML comment, so that readers need not look at it. It is a whole treaty itself:

  <!-- treaty setting NAME
  party marketing
  ...
  -->

A treaty is called example.treaty, or NAME.treaty when its first line is `# NAME.treaty`.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SECONDS_MAX = 60
HERE = "..."
BLOCK = re.compile(r"^(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$",
                   re.M | re.S)
SETTING = re.compile(r"^<!-- treaty setting (?P<name>\S+)\n(?P<text>.*?)^-->[ \t]*$", re.M | re.S)
INFO = re.compile(r"treaty(?P<error> error)?(?: in (?P<setting>\S+))?")
OTHER_FILE = re.compile(r"(?:csv|ics) ([\w-]+\.(?:csv|ics))")
FILE_NAME = re.compile(r"# ([\w-]+\.treaty)\s")
HAS_TEST = re.compile(r'^\s*test "', re.M)


class Wrong(Exception):
  """What does not hold of a block, as one text."""


def put_in_place(setting, piece):
  lines = setting.splitlines()
  places = [number for number, line in enumerate(lines) if line.strip() == HERE]
  if len(places) > 1:
    raise Wrong(f"the setting has the line '{HERE}' more than once")
  if not places:
    return setting + piece
  return "\n".join([*lines[:places[0]], piece.rstrip("\n"), *lines[places[0] + 1:]]) + "\n"


def treaty(verb, text, files):
  """(exit code, all that was said) of `treaty VERB` on the text in a folder with these files."""
  named = FILE_NAME.match(text)
  with tempfile.TemporaryDirectory(prefix="treaty-docs-") as folder:
    name = named.group(1) if named else "example.treaty"
    for path, content in {**files, name: text}.items():
      (Path(folder) / path).write_text(content, encoding="utf-8")
    done = subprocess.run([BINARY, verb, name], cwd=folder, timeout=SECONDS_MAX, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})
  return done.returncode, done.stdout


def must_hold(text, files):
  code, said = treaty("check", text, files)
  if code != 0:
    raise Wrong(f"`treaty check` ends with exit {code}\n{said}")
  if HAS_TEST.search(text):
    code, said = treaty("test", text, files)
    if code != 0:
      raise Wrong(f"`treaty test` ends with exit {code}\n{said}")


def must_fail(text, message, files):
  if message is None:
    raise Wrong("no fenced block with its message follows")
  code, said = treaty("check", text, files)
  if code == 0 and HAS_TEST.search(text):
    code, said = treaty("test", text, files)
  if code != 1:
    raise Wrong(f"it should fail with exit 1, and ends with exit {code}\n{said}")
  if message.strip() not in said:
    raise Wrong(f"the message is another one:\n{said}")


def judge(block, follower, settings, files):
  info = INFO.fullmatch(block.group("info").strip())
  if not info:
    raise Wrong(f"'{block.group('info').strip()}' is no kind of block: see tests/docs.py")
  text = block.group("text")
  if info.group("setting"):
    if info.group("setting") not in settings:
      raise Wrong(f"there is no setting '{info.group('setting')}' in this file")
    text = put_in_place(settings[info.group("setting")], text)
  if info.group("error"):
    plain = follower is not None and follower.group("info").strip() in ("", "text")
    must_fail(text, follower.group("text") if plain else None, files)
  else:
    must_hold(text, files)


def blocks_of(path):
  """Yields (place, function that raises Wrong) for each setting and each block of Treaty."""
  source = path.read_text(encoding="utf-8")
  place = lambda found: f"{path.relative_to(ROOT)}:{source.count(chr(10), 0, found.start()) + 1}"
  settings = {}
  for found in SETTING.finditer(source):
    if found.group("name") in settings:
      raise SystemExit(f"docs: {place(found)}: setting '{found.group('name')}' stands twice")
    settings[found.group("name")] = found.group("text")
    yield place(found), lambda text=found.group("text"): must_hold(put_in_place(text, ""), {})
  blocks = list(BLOCK.finditer(source))
  files = {named.group(1): block.group("text") for block in blocks
           if (named := OTHER_FILE.fullmatch(block.group("info").strip()))}
  for block, follower in zip(blocks, [*blocks[1:], None]):
    if block.group("info").strip().split(" ")[0].startswith("treaty"):
      yield place(block), lambda block=block, follower=follower: judge(block, follower, settings,
                                                                                files)


def help_of(*words):
  done = subprocess.run([BINARY, "help", *words], timeout=SECONDS_MAX, text=True,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
  if done.returncode != 0:
    raise Wrong(f"`treaty help {' '.join(words)}` ends with exit {done.returncode}\n{done.stdout}")
  return done.stdout


def must_have_page(word, source):
  """The page holds each line of its section that is neither Markdown's own nor another's."""
  page = help_of(word)
  title = re.search(rf"^{word} - of the language: (.*)$", page, re.M)
  if not title:
    raise Wrong(f"`treaty help {word}` has no page of the language")
  section = re.search(rf"^##+ (?:\d+\. )?{re.escape(title.group(1))}\n(.*?)(?=^##+ |\Z)", source,
                      re.M | re.S).group(1)
  shown = {line.strip() for line in page.splitlines()}
  for line in re.sub(r"<!--.*?-->\n", "", section, flags=re.S).splitlines():
    if not line.startswith("```") and line.strip() not in shown:
      raise Wrong(f"the page lacks the line '{line}'")
  if "    " not in page:
    raise Wrong("the page has no example")


def help_pages():
  """Yields (place, function that raises Wrong) for each word of the language that has a page."""
  source = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
  words = re.search(r"words of the\nlanguage:\n(.*?)\n\n", help_of(), re.S).group(1).split()
  assert "hand" in words and "expect" in words, words
  for word in words:
    yield f"treaty help {word}", lambda word=word: must_have_page(word, source)


def main():
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"docs: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  passed = failed = 0
  paths = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
  for place, holds in [*(one for path in paths for one in blocks_of(path)), *help_pages()]:
    try:
      holds()
      passed += 1
    except (Wrong, subprocess.TimeoutExpired) as wrong:
      failed += 1
      print(f"FAILED {place}: {str(wrong).rstrip()}")
  if passed + failed == 0:
    sys.exit("docs: no example was found")
  print(f"{passed} passed, {failed} failed")
  sys.exit(1 if failed else 0)


if __name__ == "__main__":
  main()

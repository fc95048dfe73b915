#!/usr/bin/env python3
"""tidy.py - the rules of this house that a program can check.

Each function `check_*` below is one rule; its first line says it. It yields what breaks the rule,
as text; what stands in WARNINGS only advises. The program `treaty` is asked for diagnostics and
opcodes: TREATY_BIN names it, TREATY_BUILD the folder that it was built in.
"""
import functools
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("TREATY_BUILD", ROOT / "build" / "dev")).resolve()
BINARY = Path(os.environ.get("TREATY_BIN", BUILD / "treaty")).resolve()
PROCESSES = 2
SECONDS_MAX = 60

FILE_LINES_MAX = 1000
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
MACRO_COLUMNS_MAX = 110   # rows of a table that is a macro
GRAMMAR_COLUMNS_MAX = 120
COMPLAINTS_SHOWN = 60     # of one rule

C_FILES = (".c", ".h", ".cc", ".y", ".l")
TEXT_FILES = (*C_FILES, ".py", ".md", ".treaty", ".cmake", ".txt", ".yml", ".json")
NO_TEXT_CHECK = {"tests/tidy.py"}   # names the words that it forbids
PURE = ("grammar/", "engine/")
CPLUSPLUS_FILES = {"runtime/event_decode.cc", "engine/text_match.cc", "bench/peer.cc"}
MAY_ALLOCATE = {"grammar/memory.c"}
MAY_BE_WRITTEN = {
  "tr_memory_fail_after",   # lets a test refuse the N-th request for memory; nothing else sets it
  "yyloc_default",          # of Bison's frame: written nowhere, only not declared const
  "DW",                     # DW.ref.…: text_match.cc catches exceptions; the linker fills it in
}

# All that the core may include besides the house's own; stdio.h is for snprintf alone.
PURE_INCLUDES = set("""assert.h endian.h inttypes.h limits.h setjmp.h stdalign.h stdarg.h stdbool.h
  stddef.h stdint.h stdio.h stdlib.h string.h utf8proc.h parser.h treaty.h""".split())
EXTRA_INCLUDES = {
  "engine/text_match.cc": {"re2/re2.h", "re2/set.h", "new", "string", "string_view", "vector"},
}
PURE_WORDS = {
  "opens or reads files, or prints": """fopen freopen fdopen tmpfile open openat creat read pread
    write pwrite fread fwrite fgets fgetc fputs fputc getc getchar putc putchar puts printf fprintf
    vprintf vfprintf scanf fscanf perror stat lstat fstat opendir readdir getenv setenv system popen
    mmap""",
  "asks for the time or the place": """time clock clock_gettime gettimeofday localtime localtime_r
    gmtime gmtime_r mktime timegm strftime strptime setlocale nl_langinfo""",
  "is left to chance": "rand srand rand_r random srandom drand48 getrandom",
  "computes in floating point": """strtod strtof strtold atof pow exp log sqrt exp2 log2 floor ceil
    round""",
}
ALLOCATION_WORDS = "malloc calloc realloc free strdup strndup aligned_alloc alloca".split()
FORBIDDEN_TEXT = [
  (re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"), "write the issue, or do it"),
  (re.compile(r"(?<![\w./])/(?:home|root|work|workspace|Users)/\w"), "a path of some machine"),
]

WARNINGS = []


# ---- Reading the house ---------------------------------------------------------------------------

@functools.lru_cache(maxsize=None)
def files(*suffixes):
  """All files of the project as paths from the root, in order, with one of the suffixes."""
  found = []
  for folder, folders, names in os.walk(ROOT):
    folders[:] = sorted(name for name in folders if name not in ("build", ".git", "__pycache__"))
    for name in sorted(names):
      path = str(Path(folder, name).relative_to(ROOT))
      if not suffixes or name.endswith(suffixes):
        found.append(path)
  return found


@functools.lru_cache(maxsize=None)
def text_of(path):
  """As text; the golden tests hold files that are no UTF-8 on purpose."""
  return (ROOT / path).read_text(encoding="utf-8", errors="replace")


COMMENT_OR_LITERAL = re.compile(
  r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.S)


def without(path, replace_literal):
  def replace(found):
    literal = found.group()[0] in "\"'"
    return replace_literal(found) if literal else "\n" * found.group().count("\n")
  return COMMENT_OR_LITERAL.sub(replace, text_of(path))


@functools.lru_cache(maxsize=None)
def without_comments(path):
  """The text without comments, line for line."""
  return without(path, lambda found: found.group())


@functools.lru_cache(maxsize=None)
def code_of(path):
  """The text without comments and without what stands in quotes, line for line."""
  return without(path, lambda found: found.group()[0] * 2)


def line_at(text, position):
  return text.count("\n", 0, position) + 1


def includes_of(path):
  """(line, name, whether it stands in quotes)"""
  for number, line in enumerate(without_comments(path).split("\n"), 1):
    found = re.match(r'#\s*include\s+(?:<([^>]+)>|"([^"]+)")', line)
    if found:
      yield number, found.group(1) or found.group(2), found.group(2) is not None


def pure_files():
  return [path for path in files(*C_FILES) if path.startswith(PURE)]


def sources(folders=("grammar/", "engine/", "runtime/")):
  return [path for path in files(*C_FILES) if path.startswith(folders)]


def functions_of(path):
  """(name, first line, last line) of each function that begins at the left margin."""
  lines = code_of(path).split("\n")
  start, header = None, ""
  inside = None
  for number, line in enumerate(lines, 1):
    if inside:
      if line.startswith("}"):
        yield inside[0], inside[1], number
        inside = None
      continue
    if re.match(r"[A-Za-z_]", line):
      start, header = number, ""
    if start is None:
      continue
    header += line + "\n"
    if header.count("(") != header.count(")"):
      continue
    if "{" in line:
      named = re.match(r"[^=({]*?\b(\w+)\s*\(", header)
      if named and line.rstrip().endswith("{"):
        inside = (named.group(1), start)
      start = None
    elif ";" in line:
      start = None


# ---- Dependencies --------------------------------------------------------------------------------

def check_layers():
  """Dependencies point one way: runtime -> engine -> grammar."""
  forbidden = {
    "include/": ("grammar/", "engine/", "runtime/"),
    "grammar/": ("engine/", "runtime/"),
    "engine/": ("runtime/",),
    "tests/engine/": ("runtime/",),
  }
  for folder, others in forbidden.items():
    for path in files(*C_FILES):
      for number, name, _ in includes_of(path) if path.startswith(folder) else ():
        if name.startswith(others):
          yield f"{path}:{number}: {folder} includes {name}"


def check_pure_includes():
  """The core includes only what has no world in it."""
  for path in pure_files():
    allowed = PURE_INCLUDES | EXTRA_INCLUDES.get(path, set())
    for number, name, _ in includes_of(path):
      if not name.startswith(PURE) and name not in allowed:
        yield f"{path}:{number}: {name} is none of the headers that the core may include"


def check_pure_words():
  """The core opens no file, asks for no time, throws no dice and has no floating point."""
  calls = {word: what for what, words in PURE_WORDS.items() for word in words.split()}
  pattern = re.compile(r"(?<![\w.>])(" + "|".join(calls) + r")\s*\(|\b(float|double)\b")
  for path in pure_files():
    code = code_of(path)
    for found in pattern.finditer(code):
      what = calls.get(found.group(1), "computes in floating point")
      yield f"{path}:{line_at(code, found.start())}: '{found.group(1) or found.group(2)}' {what}"


def check_allocation():
  """The core's memory comes from grammar/memory.h."""
  pattern = re.compile(r"(?<![\w.>])(" + "|".join(ALLOCATION_WORDS) + r")\s*\(")
  for path in pure_files():
    code = code_of(path)
    for found in pattern.finditer(code) if path not in MAY_ALLOCATE else ():
      yield f"{path}:{line_at(code, found.start())}: '{found.group(1)}' is not of grammar/memory.h"


def check_no_globals():
  """The library keeps nothing between calls: it has no data that can be written."""
  archive = BUILD / "libtreaty.a"
  if not archive.exists():
    yield f"{archive} is not there: ./dev build makes it"
    return
  table = subprocess.run(["objdump", "-t", archive], check=True, text=True, capture_output=True)
  if " F .text" not in table.stdout:
    yield f"{archive} holds no functions that can be seen: it is for a build without LTO"
  member = ""
  for line in table.stdout.splitlines():
    named = re.match(r"(\S+):\s+file format", line)
    member = named.group(1) if named else member
    # address, seven flags (the last one: an object), section, size, name
    found = re.match(r"[0-9a-f]+ .{6}O (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)", line)
    if not found or not found.group(1).startswith((".data", ".bss", ".tdata", ".tbss", "*COM*")):
      continue
    name = found.group(2).split(".")[0]   # the compiler numbers what is static in a function
    if not found.group(1).startswith(".data.rel.ro") and name and name not in MAY_BE_WRITTEN:
      if not name.startswith("__odr_asan"):
        yield f"{member}: '{name}' can be written"


def check_cplusplus():
  """C++ lives in two files, and in the program that is measured against."""
  for path in files(".cc", ".cpp", ".cxx", ".hpp", ".hh"):
    if path not in CPLUSPLUS_FILES:
      yield f"{path}: C++ belongs to {', '.join(sorted(CPLUSPLUS_FILES))} alone"


# ---- Headers and files ---------------------------------------------------------------------------

def check_own_header_first():
  """A source file includes its own header first, so that each header stands alone."""
  for path in sources():
    header = str(Path(path).with_suffix(".h"))
    if path.endswith((".c", ".cc")) and (ROOT / header).exists():
      first = next(includes_of(path), (1, "nothing", True))
      if first[1] != header:
        yield f"{path}:{first[0]}: the first include is {first[1]}, not {header}"


def check_headers_stand_alone():
  """Each header compiles alone, but for the one that is a part of parser.y."""
  def complaint(path):
    done = subprocess.run(
      ["cc", "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-I.", "-Iinclude",
       f"-I{BUILD / 'generated'}", "-x", "c", path],
      cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_MAX)
    return f"{path}: does not compile alone\n{done.stderr.rstrip()}" if done.returncode else None
  headers = [path for path in files(".h")
             if not path.startswith("tests/") and path != "grammar/unexpected.h"]
  with ThreadPoolExecutor(PROCESSES) as pool:
    yield from filter(None, pool.map(complaint, headers))


def check_guards():
  """A header is guarded by its own name."""
  for path in files(".h"):
    name = Path(path).stem.upper() + "_H"
    guard = name if path.startswith(("runtime/", "include/", "tests/", "bench/")) else "TR_" + name
    if not re.match(rf"\s*#ifndef {guard}\n#define {guard}\n", code_of(path)):
      yield f"{path}: is not guarded by {guard}"


def check_opening():
  """A file opens by saying its idea: its name, a dash, a phrase."""
  for path in files(*C_FILES, ".py", ".cmake", "/dev"):
    first_lines = "\n".join(text_of(path).split("\n")[:2])
    if not re.search(rf"(?:/\*|//|#|\"\"\") {'?'}{re.escape(Path(path).name)} - \S", first_lines):
      yield f"{path}:1: does not open with '{Path(path).name} - …'"


def check_lengths():
  """No file has more than a thousand lines."""
  for path in files(*C_FILES, ".py"):
    count = text_of(path).count("\n")
    if count > FILE_LINES_MAX:
      yield f"{path}: has {count:,} lines"
    for name, first, last in functions_of(path) if path.endswith(C_FILES) else ():
      if last - first + 1 > FUNCTION_LINES_MAX:
        WARNINGS.append(f"{path}:{first}: {name}() has {last - first + 1} lines")


def columns_allowed(path, lines, index):
  if path.endswith((".y", ".l")):
    return GRAMMAR_COLUMNS_MAX
  in_macro = lines[index].endswith("\\") or (index > 0 and lines[index - 1].endswith("\\"))
  return MACRO_COLUMNS_MAX if in_macro else COLUMNS_MAX


def check_columns():
  """Lines are at most 100 columns wide; rows of macros 110, those of the grammar 120. No tabs."""
  for path in files(*C_FILES, ".py", ".cmake", "CMakeLists.txt", "/dev"):
    lines = text_of(path).split("\n")
    wide = [index + 1 for index, line in enumerate(lines)
            if len(line) > columns_allowed(path, lines, index)]
    if wide:
      shown = ", ".join(map(str, wide[:12])) + (", …" if len(wide) > 12 else "")
      yield f"{path}: {len(wide)} too wide: {'line' if len(wide) == 1 else 'lines'} {shown}"
    for index, line in enumerate(lines):
      if "\t" in line:
        yield f"{path}:{index + 1}: a tab"
      if line != line.rstrip():
        yield f"{path}:{index + 1}: blanks at the end of the line"


def check_words():
  """What is to be done stands in an issue, and the project speaks of itself alone."""
  for path in files(*TEXT_FILES, "/dev", ".ci/run"):
    text = text_of(path) if path not in NO_TEXT_CHECK else ""
    for pattern, advice in FORBIDDEN_TEXT:
      for found in pattern.finditer(text):
        yield f"{path}:{line_at(text, found.start())}: '{found.group()}': {advice}"


# ---- Nothing dead --------------------------------------------------------------------------------

def check_dead_headers():
  """No header that nobody else includes."""
  included = {}
  for path in files(*C_FILES):
    for _, name, _ in includes_of(path):
      included.setdefault(name, set()).add(path)
  for path in sources() + files("include/treaty.h"):
    if path.endswith(".h"):
      users = included.get(path, set()) | included.get(path.removeprefix("include/"), set())
      if not users:
        yield f"{path}: nobody includes it"


def declared_functions(header):
  """(name, line) of what a header declares."""
  code = re.sub(r"^#(?:.*\\\n)*.*", lambda found: "\n" * found.group().count("\n"), code_of(header),
                flags=re.M)
  code = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", code)
  pattern = r"^(?!static|typedef|extern)[A-Za-z_][\w \t*]*?[ *](\w+)\s*\("
  for found in re.finditer(pattern, code, re.M):
    yield found.group(1), line_at(code, found.start())


def check_dead_functions():
  """What a header declares, somebody calls."""
  words = {path: re.findall(r"\w+", code_of(path)) for path in files(*C_FILES)}
  known = {path: set(list_of_words) for path, list_of_words in words.items()}
  for header in sources() + files("include/treaty.h"):
    if not header.endswith(".h"):
      continue
    defines = re.findall(r"^#define(?:.*\\\n)*.*", code_of(header), re.M)
    macros = set(re.findall(r"\w+", "\n".join(defines)))
    for name, number in declared_functions(header):
      if name in macros:
        continue
      users = [path for path in known if path != header and name in known[path]]
      place = f"{header}:{number}: {name}()"
      if not users:
        yield f"{place} is nowhere defined"
      elif len(users) == 1 and words[users[0]].count(name) == 1:
        yield f"{place} is called by nobody"
      elif len(users) == 1 and header != "include/treaty.h":
        WARNINGS.append(f"{place} is used in its own file alone: it could be static")


# ---- The grammar's tables ------------------------------------------------------------------------

def table_of(path, macro):
  """The rows of an X-macro: the text between the parentheses of each `MACRO(…)`."""
  rows = re.findall(rf"\b{macro}\((\w+), \"([^\"]+)\"(?:, (\w+))?", without_comments(path))
  if not rows:
    raise SystemExit(f"tidy: no row {macro}(…) in {path}")
  return rows


def check_keywords():
  """keywords.h is sorted, and says the same as parser.y."""
  rows = table_of("grammar/keywords.h", "W")
  for (_, before, _), (_, word, _) in zip(rows, rows[1:]):
    if not before < word:
      yield f"grammar/keywords.h: \"{word}\" stands behind \"{before}\""
  grammar = text_of("grammar/parser.y")
  tokens = re.findall(r'\b([A-Z_]+) "([a-z]+)"',
                      "\n".join(re.findall(r"^%token <token> (.*)", grammar, re.M)))
  classes = {"RESERVED": "reserved", "SOFT": "soft"}
  in_order = [(name, word) for kind in classes for name, word, of in rows if of == kind]
  for name, word in sorted(set(in_order) - set(tokens)):
    yield f"grammar/parser.y: no %token {name} \"{word}\""
  for name, word in sorted(set(tokens) - set(in_order)):
    yield f"grammar/keywords.h: no W({name}, \"{word}\", …)"
  if set(tokens) == set(in_order) and tokens != in_order:
    late = next(token for token, wanted in zip(tokens, in_order) if token != wanted)
    yield f"grammar/parser.y: %token {late[0]} is not where keywords.h has it (reserved, then soft)"
  for kind, rule in classes.items():
    found = re.search(rf"^{rule}: ([A-Z_|\s]+);", grammar, re.M)
    alternatives = set(re.findall(r"\w+", found.group(1))) if found else set()
    # these stand in `noun` by themselves
    alternatives |= {"EACH", "REASON", "REP"} if rule == "soft" else set()
    expected = {name for name, _, of in rows if of == kind}
    for name in sorted(alternatives ^ expected):
      where = "is missing in" if name in expected else f"is not {kind} but stands in"
      yield f"grammar/parser.y: {name} {where} the rule '{rule}'"


def ask(*arguments):
  """(exit code, stdout); leaks are the golden tests' concern, and to look for them takes long"""
  done = subprocess.run([BINARY, *arguments], cwd=ROOT, timeout=SECONDS_MAX,
                        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
                        stdin=subprocess.DEVNULL, capture_output=True)
  return done.returncode, done.stdout.decode("utf-8", "replace")


def ask_each(verb, paths, *options):
  with ThreadPoolExecutor(PROCESSES) as pool:
    return list(pool.map(lambda path: ask(verb, path, *options), paths))


def codes_in(value):
  if isinstance(value, dict):
    if isinstance(value.get("code"), str):
      yield value["code"]
    value = list(value.values())
  for part in value if isinstance(value, list) else ():
    yield from codes_in(part)


def check_diagnostics():
  """Every diagnostic is produced by a golden test."""
  cases = [path for path in files(".treaty") if path.startswith("tests/language/")]
  cases += sorted({os.path.dirname(path) for path in cases if path.count("/") > 3}) # side by side
  produced = set()
  for path, (code, output) in zip(cases, ask_each("check", cases, "--format", "json")):
    try:
      produced.update(codes_in(json.loads(output)))
    except ValueError:
      yield f"{path}: 'treaty check --format json' prints no JSON, exit {code}"
  for name, word, _ in table_of("grammar/diag_codes.h", "D"):
    if word not in produced:
      yield f"grammar/diag_codes.h: no case in tests/language/ produces '{word}'"


def check_opcodes():
  """Every opcode stands in the dump of a golden test or of a rule."""
  paths = [path for path in files(".treaty") if path.startswith(("tests/language/", "rules/"))]
  dumped = set()
  for code, output in ask_each("dump", paths):
    if code == 0:
      dumped.update(re.findall(r"^\s*\d+:?\s+([A-Z][A-Z0-9_]*)\b", output, re.M))
  for name, _, _ in table_of("engine/opcodes.h", "OP"):
    if name not in dumped:
      yield f"engine/opcodes.h: no treaty in tests/language/ or rules/ compiles to {name}"


def check_wire():
  """Every decision and every refusal comes out of a golden test, and stands in the protocol."""
  expected = "\n".join(text_of(path) for path in files(".expected"))
  protocol = text_of("docs/protocol.md")
  for _, word, _ in table_of("include/treaty.h", "X"):
    shown = f'"type":"{word}"' if word.startswith("treaty.") else f": refused {word}: "
    if shown not in expected:
      yield f"include/treaty.h: no case in tests/language/ produces '{word}'"
    if f"| `{word}` |" not in protocol:
      yield f"docs/protocol.md: no row tells of '{word}'"


def check_std_rules():
  """Every standard rule has a scenario that uses it."""
  users = "\n".join(text_of(path) for path in files(".treaty")
                    if path.startswith(("tests/scenarios/", "rules/examples/"))
                    and re.search(r'^\s*test "', text_of(path), re.M))
  for path in files(".treaty"):
    if path.startswith("rules/std/") and f'use "std/{Path(path).stem}"' not in users:
      yield f"{path}: no scenario in tests/scenarios/ or rules/examples/ uses it"


def check_tests_are_run():
  """Each program in tests/service/ is a test by its name, or is imported by one."""
  programs = [path for path in files(".py") if path.startswith("tests/service/")]
  for path in programs:
    name = Path(path).stem
    imported = rf"^\s*(?:from|import) {name}\b"
    if not name.startswith("test_") and not any(re.search(imported, text_of(other), re.M)
                                                for other in programs):
      yield f"{path}: is neither called test_*.py nor imported: nobody runs it"


def main():
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"tidy: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  passed = failed = 0
  for name, check in list(globals().items()):
    if not name.startswith("check_"):
      continue
    complaints = list(check())
    if not complaints:
      passed += 1
      continue
    failed += 1
    print(f"FAILED {check.__doc__.splitlines()[0]}")
    for complaint in complaints[:COMPLAINTS_SHOWN]:
      print(f"  {complaint}")
    if len(complaints) > COMPLAINTS_SHOWN:
      print(f"  … and {len(complaints) - COMPLAINTS_SHOWN} more")
  for warning in WARNINGS:
    print(f"warning: {warning}")
  print(f"{passed} passed, {failed} failed")
  sys.exit(1 if failed else 0)


if __name__ == "__main__":
  main()

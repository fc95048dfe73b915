#!/usr/bin/env python3
"""limits.py - each limit on a treaty that docs/language.md names: what stands at it checks, and of
what is one beyond the one error names the limit.

Each function `limit_*` below is one limit. It gives the error's word, what its message says of the
limit, and two treaties: one at the limit and one beyond it. A treaty is a text, or texts by the
name of their file, of which the first is checked. The size of an expression has no limit of its
own: one of a megabyte checks when it is wide.

  tests/limits.py [NAME] [--full]     those whose name holds NAME; --full: those too that take long
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
PROCESSES = 2
SECONDS_MAX = 20      # of computing, for one check
MEBIBYTES_MAX = 1024  # of the largest check of all
SLOW = {"csv_fields"}

ACCOUNT = "account { n number, flag flag, s text, wait duration }\n"
PARTIES = "party marketing\nparty sales\nevent ask by buyer\nevent yes by sales\n"
STAGES = """stages {
  new  owned by marketing, opened by (ask)
  sold owned by sales, won
}
"""


def numbered(count, form, between=", "):
  return between.join(form.replace("#", str(i)) for i in range(1, count + 1))


def agreement(clauses):
  return ('agreement "A" version 1 between marketing and sales in force from 2026-01-01 {\n'
          f"  applies otherwise\n{clauses}\n}}\n")


def at_and_beyond(limit, make):
  return make(limit), make(limit + 1)


# ---- Files --------------------------------------------------------------------------------------

def limit_file_bytes():
  def make(size):
    return ACCOUNT + "#" * (size - len(ACCOUNT) - 1) + "\n"
  return "out_of_range", "16 MiB", *at_and_beyond(16 << 20, make)


def limit_use_depth():
  def make(depth):
    files = {f"f{i}.treaty": f'use "f{i + 1}"\n' for i in range(1, depth)}
    return {**files, f"f{depth}.treaty": ACCOUNT}
  return "too_deep", "1000", *at_and_beyond(1000, make)


def limit_use_cycle():
  """Two files are used by each other in no treaty; of two that use a third there is no circle."""
  def make(last):
    return {"a.treaty": 'use "b"\nuse "c"\n', "b.treaty": 'use "c"\n', "c.treaty": last}
  return "use_cycle", "in a circle", make(ACCOUNT), make('use "a"\n')


# ---- Expressions --------------------------------------------------------------------------------

def limit_parentheses():
  def make(depth):
    return ACCOUNT + "define d of account as " + "(" * depth + "flag" + ")" * depth + "\n"
  return "too_deep", "10000", *at_and_beyond(10000, make)


def limit_expression_depth():
  def make(depth):
    return ACCOUNT + "define d of account as " + "not " * (depth - 1) + "flag\n"
  return "too_deep", "1000", *at_and_beyond(1001, make)


def limit_expression_megabyte():
  """Wide it checks, deep it does not."""
  wide = " or\n  ".join(f"n = {i}" for i in range(80000))
  assert len(wide) > 1 << 20
  deep = "n + (" * 210000 + "1" + ")" * 210000
  assert len(deep) > 1 << 20
  define = ACCOUNT + "define d of account as "
  return "too_deep", "10000", f"{define}{wide}\n", f"{define}0 < {deep}\n"


def limit_expression_megabyte_of_and():
  wide = " and ".join(f"n is not {i}" for i in range(60000))
  assert len(wide) > 1 << 20
  define = ACCOUNT + "define d of account as "
  return "too_deep", "1000", f"{define}{wide}\n", f"{define}{'not ' * 300000}flag\n"


def limit_values_at_once():
  def make(count):
    return ACCOUNT + f"define d of account as at least 1 of ({numbered(count, 'n = #')})\n"
  return "too_deep", "4000", *at_and_beyond(3998, make)


def limit_pattern():
  """What a pattern takes is RE2's to say: 20,000 characters fit, twenty times as many do not."""
  def make(thousands):
    return ACCOUNT + f'define d of account as s matches "{"x{1000}" * thousands}"\n'
  return "wrong_form", "1 MiB", make(20), make(400)


def limit_definitions():
  def make(count):
    return ACCOUNT + "".join(f"define d{i} of account as not d{i - 1}\n"
                             for i in range(count, 1, -1)) + "define d1 of account as flag\n"
  return "too_deep", "1000", *at_and_beyond(1000, make)


def limit_definitions_in_order():
  """Whichever is declared first; more stand on what is too deep, and are not told of again."""
  def make(count):
    beyond = 1 if count == 1000 else 9
    return ACCOUNT + "define d1 of account as flag\n" + "".join(
      f"define d{i} of account as not d{i - 1}\n" for i in range(2, count + beyond))
  return "too_deep", "1000", *at_and_beyond(1000, make)


def limit_criteria_in_order():
  """Chains go through criteria and scores, too."""
  def make(count):
    links = "".join(f"criterion c{i} met when d{i - 1}\ndefine d{i} of lead as c{i}\n"
                    for i in range(2, count // 2 + 1))
    return PARTIES + STAGES + "lead { flag flag }\ndefine d1 of lead as flag\n" + links + (
      agreement("  move new to sold on yes") + f"score p of lead {{ when d{count // 2} add 1 }}\n"
      + ("" if count % 2 == 0 else f"criterion c met when p > 0\n"))
  return "too_deep", "1000", *at_and_beyond(1000, make)


def limit_signals():
  def make(count):
    return PARTIES + "".join(f"signal s{i} on s{i - 1}\n"
                             for i in range(count, 1, -1)) + "signal s1 on ask\n"
  return "too_deep", "1000", *at_and_beyond(1000, make)


def limit_signals_in_order():
  def make(count):
    return PARTIES + "signal s1 on ask\n" + "".join(f"signal s{i} on s{i - 1}\n"
                                                    for i in range(2, count + 1))
  return "too_deep", "1000", *at_and_beyond(1000, make)


# ---- Values -------------------------------------------------------------------------------------

def limit_number():
  define = ACCOUNT + "define d of account as n = "
  return "number_too_large", "9,200,000,000,000", *at_and_beyond(
    9_200_000_000_000, lambda number: f"{define}{number}\n")


def limit_decimals():
  define = ACCOUNT + "define d of account as n = "
  return "number_too_large", "six decimals", f"{define}0.000001\n", f"{define}0.0000001\n"


def limit_duration():
  return "out_of_range", "100,000 days", *at_and_beyond(
    100000, lambda days: f"{ACCOUNT}define d of account as wait <= {days} days\n")


def limit_duration_part():
  define = ACCOUNT + "define d of account as wait <= "
  return ("out_of_range", "whole number of milliseconds", f"{define}0.001 seconds\n",
          f"{define}0.0001 seconds\n")


def limit_values_of_enum():
  return "out_of_range", "1000", *at_and_beyond(
    1000, lambda count: f"account {{ k one of ({numbered(count, 'v#')}) }}\n")


def limit_values_of_scale():
  return "out_of_range", "1000", *at_and_beyond(
    1000, lambda count: f"type k as scale ({numbered(count, 'v#', ' < ')})\naccount {{ k k }}\n")


def limit_values_of_set():
  return "out_of_range", "64", *at_and_beyond(
    64, lambda count: f"account {{ k set of ({numbered(count, 'v#')}) }}\n")


def limit_facts():
  def make(count):
    values = numbered(64, "v#")
    sets = numbered(count // 64, f"s# set of ({values})")
    return f"account {{ {sets}, {numbered(count % 64, 'n# number')} }}\n"
  return "out_of_range", "60000", *at_and_beyond(60000, make)


def limit_facts_of_fields():
  return "out_of_range", "60000", *at_and_beyond(
    60000, lambda count: f"account {{ {numbered(count, 'n# number')} }}\n")


# ---- Tables, catalogues, lists ------------------------------------------------------------------

def limit_table_rows():
  def make(rows):
    return (f"{ACCOUNT}table t of account by n {{\n"
            + numbered(rows - 1, "  # -> 1", "\n") + "\n  _ -> 0\n}\n")
  return "out_of_range", "1000", *at_and_beyond(1000, make)


def limit_table_columns():
  def make(columns):
    row = ", ".join("_" * columns)
    fields = numbered(columns, "n# number")
    return (f"account {{ {fields} }}\n"
            f"table t of account by {numbered(columns, 'n#')} {{ {row} -> 1 }}\n")
  return "out_of_range", "16", *at_and_beyond(16, make)


def limit_catalogue_keys():
  def make(keys):
    return (f"catalogue c keyed by {numbered(keys, 'k#')} {{\n"
            f"  {numbered(keys, 'k# whole number')}, v number\n"
            f"  {numbered(keys, '#')} -> 1\n}}\n")
  return "out_of_range", "16", *at_and_beyond(16, make)


def limit_csv_fields():
  def make(fields):
    return {"a.treaty": f'{ACCOUNT}list l from "l.csv"\n',
            "l.csv": "l\n" + numbered(fields, "t#", "\n")}
  return "out_of_range", "1000000", *at_and_beyond(999_999, make)


# ---- Scores -------------------------------------------------------------------------------------

def limit_points():
  return "out_of_range", "1000000000", *at_and_beyond(
    1_000_000_000, lambda points: f"{PARTIES}score s of account {{ on ask add {points} }}\n")


def limit_points_taken():
  return "out_of_range", "1000000000", *at_and_beyond(
    1_000_000_000, lambda points: f"{PARTIES}score s of account {{ on ask add -{points} }}\n")


def half_life(duration):
  return f"{PARTIES}score s of account {{ halves every {duration}  on ask add 1 }}\n"


def limit_half_life_shortest():
  return "out_of_range", "one hour to 100,000 days", half_life("1 hour"), \
    half_life("3599.999 seconds")


def limit_half_life_longest():
  return "out_of_range", "100,000 days", half_life("100000 days"), half_life("100001 days")


# ---- Parties, stages, phases, clauses -----------------------------------------------------------

def limit_parties():
  return "out_of_range", "200", *at_and_beyond(200, lambda count: numbered(count, "party p#", "\n"))


def limit_stages():
  def make(count):
    return (PARTIES + "stages {\n  new owned by marketing, opened by (ask)\n"
            "  gone owned by sales, lost\n"
            + numbered(count - 2, "  s# owned by marketing", "\n") + "\n}\n"
            + agreement(f"  move new, {numbered(count - 2, 's#')} to gone after 30 days"))
  return "out_of_range", "200", *at_and_beyond(200, make)


def limit_phases():
  return "out_of_range", "100", *at_and_beyond(
    100, lambda count: f"{PARTIES}phases of lead {{\n"
                       f"{numbered(count, '  p# entered on ask', chr(10))}\n}}\n")


def limit_clauses():
  def make(count):
    clauses = numbered(count, "  move new to sold when lead.n = #", "\n")
    return f"{PARTIES}lead {{ n number }}\n{STAGES}{agreement(clauses)}"
  return "out_of_range", "10000", *at_and_beyond(10000, make)


def hand(within, step="at 100% return to new", closed=""):
  return (PARTIES + STAGES + f'zone "UTC"\n'
          f"calendar office {{ mon to fri 09:00 to 17:00{closed} }}\n"
          + agreement("  hand new from marketing to sales accepted by yes to sold"
                      f" respond within {within} {{ {step} }}"))


def limit_business_days():
  return "out_of_range", "1,000", *at_and_beyond(
    1000, lambda days: hand(f"{days} business days in office"))


def limit_deadline_step():
  return "out_of_range", "10000%", *at_and_beyond(
    10000, lambda percent: hand("4 hours in office", f"at {percent}% remind sales"))


def limit_deadline_step_above_nothing():
  return ("out_of_range", "more than 0%", hand("4 hours in office", "at 0.0001% remind sales"),
          hand("4 hours in office", "at 0% remind sales"))


def limit_closure():
  def make(last):
    return hand("4 hours in office", closed=f"\n  closed on 2027-03-01 to {last}\n")
  return "out_of_range", "ten years", make("2037-03-01"), make("2037-03-02")


def with_holidays(*events):
  treaty = hand("4 hours in office", closed='\n  holidays "a.ics"\n')
  lines = ["BEGIN:VCALENDAR", *("\n".join(event) for event in events), "END:VCALENDAR"]
  return {"a.treaty": treaty, "a.ics": "\n".join(lines) + "\n"}


def holiday(*lines):
  return ["BEGIN:VEVENT", "DTSTART;VALUE=DATE:20260301", *lines, "END:VEVENT"]


def limit_holiday():
  def make(last):
    return with_holidays(holiday(f"DTEND;VALUE=DATE:{last}"))
  return "out_of_range", "ten years", make("20360301"), make("20360303")


def limit_holidays():
  def make(days):
    whole, rest = divmod(days, 3000)
    return with_holidays(*[holiday("DURATION:P3000D")] * whole, holiday(f"DURATION:P{rest}D"))
  return "out_of_range", "50000", *at_and_beyond(50000, make)


def limit_holiday_rules():
  return "out_of_range", "1000", *at_and_beyond(
    1000, lambda count: with_holidays(*[holiday("RRULE:FREQ=YEARLY;COUNT=2")] * count))


def limit_holiday_nesting():
  def make(deep):
    inner = deep - 2   # in the calendar and the event
    alarms = ["BEGIN:VALARM"] * inner + ["END:VALARM"] * inner
    return with_holidays(holiday(*alarms), holiday("RRULE:FREQ=YEARLY"))
  return "too_deep", "16", *at_and_beyond(16, make)


# ---- Running them -------------------------------------------------------------------------------

def check(folder, treaty):
  """Returns the findings that are errors, what else came out, and the seconds of computing."""
  files = treaty if isinstance(treaty, dict) else {"a.treaty": treaty}
  folder.mkdir()
  for name, text in files.items():
    (folder / name).write_text(text, encoding="utf-8")
  done = subprocess.Popen([BINARY, "check", "--format", "json", next(iter(files))], cwd=folder,
                          text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
  output = done.stdout.read()
  _, status, used = os.wait4(done.pid, 0)
  done.returncode = os.waitstatus_to_exitcode(status)
  try:
    found = json.loads(output)["findings"]
  except json.JSONDecodeError:
    found = []
  return done.returncode, [one for one in found if one["severity"] == "error"], output, used


def complaints(code, named, at, beyond):
  """At the limit no error; beyond it one, with its word, that names the limit."""
  status, errors, output, _ = at
  if status != 0 or errors:
    yield f"at the limit: exit {status}, {output[:500]}"
  status, errors, output, _ = beyond
  if status != 1 or len(errors) != 1:
    yield f"beyond the limit: exit {status}, {len(errors)} errors, {output[:500]}"
  elif errors[0]["code"] != code:
    yield f"beyond the limit: {errors[0]['code']}, not {code}: {errors[0]['message']}"
  elif named not in f"{errors[0]['message']} {errors[0].get('help')}":
    yield f"beyond the limit: '{errors[0]['message']}' does not name {named}"
  for which, (_, _, _, used) in (("at", at), ("beyond", beyond)):
    seconds, mebibytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    if seconds > SECONDS_MAX or mebibytes > MEBIBYTES_MAX:
      yield f"{which} the limit: {seconds:.1f} s of computing, {mebibytes:.0f} MiB"


def run(name, folder):
  code, named, at, beyond = globals()[f"limit_{name}"]()
  at, beyond = check(folder / f"{name}.at", at), check(folder / f"{name}.beyond", beyond)
  told = "; ".join(f"{used.ru_utime + used.ru_stime:.2f} s {used.ru_maxrss // 1024} MiB"
                   for *_, used in (at, beyond))
  return name, told, list(complaints(code, named, at, beyond))


def main():
  full = "--full" in sys.argv[1:]
  wanted = [word for word in sys.argv[1:] if not word.startswith("--")]
  names = [name[len("limit_"):] for name in globals() if name.startswith("limit_")]
  names = [name for name in names if (full or name not in SLOW)
           and all(word in name for word in wanted)]
  failed = 0
  with tempfile.TemporaryDirectory(prefix="treaty-limits-") as folder:
    with ThreadPoolExecutor(PROCESSES) as pool:
      for name, told, wrong in pool.map(lambda name: run(name, Path(folder)), names):
        print(f"{'FAILED' if wrong else 'ok':7} {name}   {told}")
        failed += bool(wrong)
        for complaint in wrong:
          print(f"        {complaint}")
  print(f"{len(names) - failed} limits hold, {failed} do not")
  return 0 if names and not failed else 1


if __name__ == "__main__":
  sys.exit(main())

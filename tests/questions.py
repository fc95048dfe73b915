#!/usr/bin/env python3
"""questions.py - `why --not`, `ask` and `report`, asked of each golden test that has a feed.

Of the way to a stage: it begins where the lead is, each step begins where the one before has ended,
and the last ends at the stage. Of what time alone brings: a run that goes on to that instant finds
the lead there, and one that ends a millisecond before does not.

TREATY_BIN names the program.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "language"
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
PROCESSES = 2
SECONDS_MAX = 60
ACCOUNTS_MAX = 2   # of a feed
STAGES_MAX = 3     # of a treaty


class Wrong(Exception):
  """What does not hold, as one text."""


def treaty(folder, *arguments):
  """What it prints; None when it does not take the treaty or the feed."""
  done = subprocess.run([BINARY, *arguments], cwd=folder, timeout=SECONDS_MAX, text=True,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                        errors="replace", env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
  if done.returncode not in (0, 1, 2) or "runtime error" in done.stderr:
    raise Wrong(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr[-2000:]}")
  return done.stdout if done.returncode == 0 else None


def leads_of(folder, treaty_name, feed, account, *options):
  said = treaty(folder, "why", treaty_name, feed, account, "--format", "json", *options)
  return {lead["lead"]: lead for lead in json.loads(said)["leads"]} if said else {}


def must_connect(lead, stage):
  at = lead["stage"]
  steps = [step for step in lead["way"] if "from" in step]   # the agreement's has none
  for step in steps:
    if step["from"] != at:
      raise Wrong(f"the way to {stage} goes on from {step['from']}, and it had come to {at}")
    at = step["to"]
  if steps and at != stage:
    raise Wrong(f"the way to {stage} ends at {at}")


def must_come(case, feed, account, lead, stage):
  """The run to the instant, and the run that ends just before."""
  instant = datetime.fromisoformat(lead["time_alone"][-1]["time"].replace("Z", "+00:00"))
  found = []
  for until in (instant, instant - timedelta(milliseconds=1)):
    text = until.strftime("%Y-%m-%dT%H:%M:%S.") + f"{until.microsecond // 1000:03d}Z"
    found.append(leads_of(case.parent, case.name, feed, account, "--until", text)
                 .get(lead["lead"], {}).get("stage"))
  if found[0] != stage and lead["time_alone"][-1]["to"] == stage:
    raise Wrong(f"at {instant} the lead is at {found[0]}, not at {stage}")
  if found[1] == stage:
    raise Wrong(f"just before {instant} the lead is at {stage} already")


def ask_of(case, feed, account):
  """How many ways and how many instants were looked at."""
  ways = instants = 0
  said = treaty(case.parent, "ask", case.name, feed, "--account", account, "--format", "json")
  treaty(case.parent, "ask", case.name, feed, "--account", account)
  if said:
    json.loads(said)
  stages = {lead["stage"] for lead in leads_of(case.parent, case.name, feed, account).values()}
  dump = treaty(case.parent, "run", case.name, feed, "--format", "json") or ""
  for line in dump.splitlines():
    decision = json.loads(line)
    if decision["type"] == "treaty.lead.stage_changed":
      stages.add(decision["data"]["to"])
  for stage in sorted(stages)[:STAGES_MAX]:
    treaty(case.parent, "why", case.name, feed, account, "--not", stage)
    said = treaty(case.parent, "why", case.name, feed, account, "--not", stage, "--format", "json")
    for lead in json.loads(said)["leads"] if said else ():
      must_connect(lead, stage)
      ways += len(lead["way"]) > 0
      if lead.get("time_alone_leads_there"):
        must_come(case, feed, account, lead, stage)
        instants += 1
  return ways, instants


def accounts_of(feed):
  found = []
  for line in feed.read_text(encoding="utf-8", errors="replace").splitlines():
    try:
      account = json.loads(line).get("account")
    except (ValueError, AttributeError):
      continue
    if isinstance(account, str) and account and not account.startswith("-"):
      found.append(account)
  return list(dict.fromkeys(found))[:ACCOUNTS_MAX]


def judge(case):
  """(case, how many ways, how many instants, complaint or None)"""
  feed = case.with_suffix(".ndjson")
  ways = instants = 0
  try:
    said = treaty(case.parent, "report", case.name, feed.name, "--format", "json", "--quiet")
    treaty(case.parent, "report", case.name, feed.name, "--quiet")
    if said:
      json.loads(said)
      for account in accounts_of(feed):
        found = ask_of(case, feed.name, account)
        ways, instants = ways + found[0], instants + found[1]
  except (Wrong, subprocess.TimeoutExpired) as wrong:
    return case, ways, instants, str(wrong)
  return case, ways, instants, None


def main():
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"questions: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  cases = [case for case in sorted(CASES.glob("*/*.treaty"))
           if case.with_suffix(".ndjson").exists() and case.parent.name != "limits"]
  with ThreadPoolExecutor(PROCESSES) as pool:
    results = list(pool.map(judge, cases))
  failed = [(case, complaint) for case, _, _, complaint in results if complaint]
  for case, complaint in failed:
    print(f"FAILED {case.relative_to(CASES)}: {complaint.rstrip()}")
  ways, instants = (sum(result[i] for result in results) for i in (1, 2))
  if ways == 0 or instants == 0:
    sys.exit("questions: there was nothing to look at")
  print(f"{len(cases)} feeds, {ways} ways, {instants} instants, {len(failed)} failed")
  sys.exit(1 if failed else 0)


if __name__ == "__main__":
  main()

"""test_seal.py - `treaty seal`: one file that decides the same wherever it lies."""
import json
import shutil
from pathlib import Path

from harness import DESK, Feed, Service, event, run, run_tests

EXAMPLE = Path(__file__).resolve().parents[2] / "rules" / "examples" / "dach.treaty"
REQUEST = {"specversion": "1.0", "id": "1", "source": "/web", "type": "web.form_submitted",
           "time": "2026-11-06T13:00:00Z", "account": "acme", "person": "anna",
           "data": {"form": "demo", "title": "Leiterin Einkauf", "offer": "press line",
                    "budget": {"amount": 80000, "currency": "EUR"}, "start": "2027-02-01"}}


def sealed_of(folder, treaty=EXAMPLE):
  path = Path(folder) / "t.sealed"
  code, out, error = run("seal", treaty, "--out", path)
  assert code == 0 and out == b"", error
  return path


def test_it_needs_nothing_but_itself(folder):
  """The treaty's files, its lists and the zone are gone; what it decides is not."""
  copied = Path(folder) / "copied"
  shutil.copytree(EXAMPLE.parent, copied)
  sealed = sealed_of(folder, copied / "dach.treaty")
  feed = Path(folder) / "feed.ndjson"
  feed.write_text(json.dumps(REQUEST) + "\n")
  before = run("run", copied / "dach.treaty", feed, "--format", "json", "--until", "2026-11-20")
  assert before[0] == 0 and before[1].count(b"\n") > 5, before
  shutil.rmtree(copied)
  nowhere = {"TZDIR": folder}
  after = run("run", sealed, feed, "--format", "json", "--until", "2026-11-20", environment=nowhere)
  assert after == before, after
  code, out, _ = run("test", "-", data=sealed.read_bytes(), environment=nowhere)
  assert code == 0 and b" 0 failed" in out, out


def test_it_says_who_has_signed(folder):
  text = sealed_of(folder).read_text()
  assert text.startswith("treaty-sealed 1\nsha256 ")
  assert 'agreement "DACH mid-market" version 3\n  between marketing, sales, ecommerce\n' in text
  assert "  sales: signed by J. Kern on 2026-10-21\n" in text
  assert 'agreement "everybody else" version 1' in text and "  sales: not signed\n" in text
  assert "\nmain " in text and "\nzone " in text


def test_what_was_changed_is_turned_away(folder):
  sealed = sealed_of(folder)
  whole = sealed.read_bytes()
  changed = Path(folder) / "changed.sealed"
  places = [20, 100, whole.index(b"\nmain ") + 40, len(whole) - 2]
  for text in [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:] for at in places] + \
              [whole[:-1], whole[:200], whole[:16], whole + b"\n"]:
    changed.write_bytes(text)
    code, out, error = run("check", changed)
    assert code == 2 and out == b"" and "sealed" in error, (code, error)


def test_it_is_not_written_over(folder):
  sealed = sealed_of(folder)
  before = sealed.read_bytes()
  code, _, error = run("seal", EXAMPLE, "--out", sealed)
  assert code == 2 and "is there already" in error, error
  assert sealed.read_bytes() == before


def test_what_does_not_check_is_not_sealed(folder):
  wrong = Path(folder) / "wrong.treaty"
  wrong.write_text("party sales\nstages { new owned by nobody }\n")
  code, out, _ = run("seal", wrong, "--out", Path(folder) / "wrong.sealed")
  assert code == 1 and out == b"" and not (Path(folder) / "wrong.sealed").exists()


def test_a_store_takes_it_for_the_treaty_that_it_is(folder):
  service = Service(folder, "--clock", "events")
  feed = Feed(service)
  feed.send(event(1, account="acme", time_text="2026-11-02T09:00:00Z"))
  feed.until_acked(1)
  service.stop()
  sealed = sealed_of(folder, DESK)
  service = Service(folder, "--clock", "events", treaty=sealed)
  feed = Feed(service)
  feed.send(event(2, account="brax", time_text="2026-11-02T09:00:01Z"))
  feed.until_acked(1)
  service.stop()


if __name__ == "__main__":
  run_tests(globals())

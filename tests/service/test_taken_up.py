"""test_taken_up.py - random treaties that a service takes up one after the other, as versions of
the first under the same file name: what it had decided stays, through SIGKILL and restarts, which
decide it all again from the log; and what a version in shadow decides is what it would in force.

TREATY_TAKEN_UP is how many treaties.
"""
from pathlib import Path

from harness import *

sys.path.insert(0, os.path.dirname(HERE))
import beside

CASES = int(os.environ.get("TREATY_TAKEN_UP", 4))
FORCE = "2020-01-01"   # when it is taken up counts, and not this
OTHERWISE = "are not those that its log gives"


def in_turn():
    cases = beside.treaties([])
    random.shuffle(cases)
    for number, case in enumerate(cases):
        folder = tempfile.mkdtemp()
        try:
            one = beside.Case(case, str(random.getrandbits(32)), folder)
            lines = open(one.feed, encoding="utf-8").read().splitlines()
            if one.can_be_played and run("check", str(one.alone))[0] == 0 and len(lines) > 60:
                yield one, lines
        finally:
            shutil.rmtree(folder)


def later_version(one, number):
    text = beside.changed(beside.newer(one.text, FORCE), one.dice)
    return re.sub(r'(^agreement\s+"[^"]*"\s+version\s+)(\d+)',
                  lambda m: m[1] + str(int(m[2]) + 10 * number), text, flags=re.M)


def stand_side_by_side(folder, texts):
    path = tempfile.mkdtemp(dir=folder)
    for number, text in enumerate(texts):
        with open(os.path.join(path, "v%d.treaty" % number), "w", encoding="utf-8") as file:
            file.write(text)
    return run("check", path)[0] == 0


def decided(service, table="decisions"):
    return service.query("select seq, n, json from %s order by seq, n" % table)


def start(folder, treaty):
    service = Service(folder, "--clock", "events", treaty=treaty)
    assert OTHERWISE not in service.log(), service.log()
    return service


def feed_lines(service, lines, name):
    feed = Feed(service, name)
    feed.send(*lines)
    feed.until_acked(len(lines))
    feed.close()


def end(service):
    service.stop() if random.random() < 0.5 else service.kill()


def one_after_the_other(folder, one, lines):
    texts = [one.text, later_version(one, 0), later_version(one, 1)]
    if not stand_side_by_side(folder, texts):
        return False
    desk, parts, before = os.path.join(folder, "desk.treaty"), len(texts), []
    for number, text in enumerate(texts):
        with open(desk, "w", encoding="utf-8") as file:
            file.write(text)
        service = start(folder, desk)
        part = lines[number * len(lines) // parts:(number + 1) * len(lines) // parts]
        feed_lines(service, part, "part-%d" % number)
        end(service)
        service = start(folder, None)
        now = decided(service)
        assert now[:len(before)] == before, "%s: what was decided is otherwise" % one.name
        before = now
        end(service)
    return len(before) > 0


def test_one_after_the_other(folder):
    played = 0
    for one, lines in in_turn():
        path = tempfile.mkdtemp(dir=folder)
        try:
            played += one_after_the_other(path, one, lines)
        except AssertionError as wrong:
            raise AssertionError("%s: %s" % (one.name, wrong)) from wrong
        if played == CASES:
            break
    assert played == CASES


if __name__ == "__main__":
    run_tests(globals())

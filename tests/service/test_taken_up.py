"""test_taken_up.py - random treaties that a service takes up one after the other, as versions of
the first under the same file name: what it had decided stays, through SIGKILL and restarts, which
decide it all again from the log; and what a version in shadow decides is what it would in force.

TREATY_TAKEN_UP is how many treaties each test takes.
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


def start(folder, treaty, signed=False):
    service = Service(folder, "--clock", "events", treaty=treaty, signed=signed)
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
    desk, parts, before = os.path.join(folder, "desk.treaty"), len(texts), ([], [])
    shadow = random.random() < 0.4   # the second: nobody has signed it
    for number, text in enumerate(texts):
        with open(desk, "w", encoding="utf-8") as file:
            file.write(text)
        service = start(folder, desk, signed=shadow and number == 1)
        part = lines[number * len(lines) // parts:(number + 1) * len(lines) // parts]
        feed_lines(service, part, "part-%d" % number)
        end(service)
        service = start(folder, None)
        now = decided(service), decided(service, "shadow")
        for rows, old in zip(now, before):
            assert rows[:len(old)] == old, "what was decided is otherwise"
        before = now
        end(service)
    return len(before[0]) > 0


def in_folder(folder, name, texts):
    path = os.path.join(folder, name)
    os.mkdir(path)
    for number, text in enumerate(texts):
        with open(os.path.join(path, "v%d.treaty" % number), "w", encoding="utf-8") as file:
            file.write(text)
    return path


def without_numbers(rows):
    """A service counts records that are no events, too."""
    def strip(node):
        if isinstance(node, dict):
            return {key: strip(value) for key, value in node.items() if key not in ("id", "seq")}
        return [strip(value) for value in node] if isinstance(node, list) else node
    return [strip(json.loads(row)) for row in rows]


def run_alone(path, feed):
    code, out, error = run("run", path, feed, "--format", "json")
    assert code == 0, error
    return without_numbers(out.decode().splitlines())


def version_of(row):
    found = re.search(r"@(\d+)$", row["source"])
    return int(found[1]) if found else 0


def in_shadow(folder, one, lines):
    later = beside.changed(beside.newer(one.text, one.day), one.dice)
    forced = in_folder(folder, "forced", [one.text, later])
    both = in_folder(folder, "both", [one.text, beside.in_shadow(later, one.day)])
    old = in_folder(folder, "old", [one.text])
    if run("check", forced)[0] or run("check", both)[0]:
        return False
    main = run_alone(old, one.feed)
    expected = [row for row in run_alone(forced, one.feed) if version_of(row) > 10]
    service = start(folder, both)
    feed_lines(service, lines, "all")
    for _ in range(2):
        eventually(lambda: len(decided(service, "shadow")) >= len(expected), "the shadow decides")
        end(service)
        service = start(folder, None)
    assert without_numbers(row[2] for row in decided(service)) == main, "the shadow has an effect"
    found = without_numbers(row[2] for row in decided(service, "shadow"))
    for one_row, other in zip(found, expected):
        assert one_row == other, "in shadow: %s\nin force: %s" % (one_row, other)
    assert len(found) == len(expected), "%d in shadow, %d in force" % (len(found), len(expected))
    end(service)
    return len(expected) > 0


def play(folder, what):
    played = 0
    for one, lines in in_turn():
        path = tempfile.mkdtemp(dir=folder)
        try:
            played += what(path, one, lines)
        except AssertionError as wrong:
            raise AssertionError("%s: %s" % (one.name, wrong)) from wrong
        if played == CASES:
            break
    assert played == CASES


def test_one_after_the_other(folder):
    play(folder, one_after_the_other)


def test_in_shadow(folder):
    play(folder, in_shadow)


def test_a_file_by_its_absolute_path(folder):
    listed = os.path.join(folder, "free.csv")
    with open(listed, "w") as file:
        file.write("free\ngmail.com\n")
    desk = os.path.join(folder, "desk.treaty")
    with open(desk, "w") as file:
        file.write(open(DESK, encoding="utf-8").read() + 'list free from "%s"\n' % listed)
    Service(folder, treaty=desk).stop()
    os.remove(listed)
    Service(folder, treaty=None).stop()


if __name__ == "__main__":
    run_tests(globals())

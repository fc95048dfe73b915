"""test_replay.py - a service that is stopped and killed while events come, again and again, decides
what `treaty run` decides, and has told nothing else before.

Treaties of tests/language/ and random agreements get random events (tests/streams.py). `treaty
send` sends them under a name and goes on by itself; meanwhile the service ends by SIGTERM or
SIGKILL at random moments, also while it starts. A subscriber of each life keeps what it was told:
each of these lines stands in the decisions of the end, with the same bytes.

TREATY_REPLAYS is how many treaties; 0: all of the newer constructs.
"""
import threading
from pathlib import Path

from harness import *

sys.path.insert(0, os.path.dirname(HERE))
import agreements
import streams

REPLAYS = int(os.environ.get("TREATY_REPLAYS", 5))
CONSTRUCTS = ["agreement", "contact", "duty", "hand", "identity", "late", "people", "play", "power",
              "quota", "stuck", "tell"]
EVENTS, LIVES = 240, 4


def checked(treaty):
    return run("check", treaty)[0] == 0


def treaties():
    """One of each construct in turn, and every fifth a random agreement."""
    found = []
    for construct in CONSTRUCTS:
        cases = sorted(Path(HERE, "..", "language", construct).resolve().glob("*.treaty"))
        random.shuffle(cases)
        found.append(cases)
    random.shuffle(found)
    while any(found):
        yield None
        for cases in found:
            while cases:
                case = cases.pop()
                if checked(case):
                    yield case
                    break


def a_feed(folder, treaty):
    """The treaty's path and its feed's; None: it declares no event, or decides next to nothing."""
    if treaty is None:
        treaty = os.path.join(folder, "agreement.treaty")
        with open(treaty, "w") as file:
            file.write(agreements.Agreement(random.Random(random.getrandbits(32))).text())
    lines = streams.random_lines(treaty, random.getrandbits(32), EVENTS)
    if not lines:
        return None
    feed = os.path.join(folder, "feed.ndjson")
    with open(feed, "w") as file:
        file.write("\n".join(lines) + "\n")
    code, expected, error = run("run", treaty, feed, "--format", "json")
    assert code == 0, error
    return (treaty, feed, expected) if expected.count(b"\n") >= 20 else None


class Listener(threading.Thread):
    """Keeps what a service tells, until that hangs up."""

    def __init__(self, service, told):
        super().__init__(daemon=True)
        self.service, self.told = service, told

    def run(self):
        try:
            decisions = Decisions(self.service, after=0)
            while True:
                line = decisions.line()
                if line is None:
                    return
                self.told.add(line)
        except OSError:
            pass


def live(service, told):
    """Lets it live for a random while, and ends it."""
    listener = Listener(service, told)
    listener.start()
    time.sleep(random.choice([0, 0.02, random.random() * 0.25]))
    service.stop() if random.random() < 0.25 else service.kill()
    listener.join(PATIENCE_S)


def many_lives(folder, treaty, feed, expected):
    told = set()
    service = Service(folder, "--clock", "events", treaty=treaty)
    sender = subprocess.Popen(
        [TREATY, "send", feed, "--to", service.address, "--name", "x", "--rate", "600"],
        stderr=subprocess.PIPE, env=clean_environment())
    for _ in range(LIVES):
        live(service, told)
        service = Service(folder, "--clock", "events", treaty=None, port=service.port)
    error = sender.communicate(timeout=PATIENCE_S)[1].decode()
    assert sender.returncode == 0, error
    count = expected.count(b"\n")
    stored = lambda: service.query("select count(*) from decisions")[0][0]
    eventually(lambda: stored() >= count, "all %d are stored" % count)
    found = all_decisions(service, count)
    assert found == expected, difference(found, expected)
    assert stored() == count, "more is stored"
    service.stop()
    assert "warning" not in service.log(), service.log()
    others = told - set(expected.splitlines())
    assert not others, "it had told something else: %s" % sorted(others)[:3]
    return len(told)


def difference(found, expected):
    for one, other in zip(found.splitlines() + [b"nothing"], expected.splitlines() + [b"nothing"]):
        if one != other:
            return "service: %s\nrun:     %s" % (one.decode(), other.decode())


def test_what_it_decides_does_not_depend_on_its_ends(folder):
    tried = told = 0
    for number, treaty in enumerate(treaties()):
        if REPLAYS and tried == REPLAYS:
            break
        place = os.path.join(folder, str(number))
        os.mkdir(place)
        case = a_feed(place, treaty)
        if not case:
            continue
        try:
            told += many_lives(place, *case)
        except AssertionError as error:
            raise AssertionError("%s: %s" % (case[0], error))
        tried += 1
    assert tried >= (REPLAYS or 1) and told > 0, (tried, told)
    print("%d treaties, %d decisions were told before an end" % (tried, told))


if __name__ == "__main__":
    run_tests(globals())

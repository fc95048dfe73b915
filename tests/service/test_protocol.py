"""test_protocol.py - the feed protocol, line by line: who may speak, what is answered, what is
kept."""
import os
import socket
import time

from harness import *


def test_hello_is_answered_with_nothing_to_resume(folder):
    feed = Feed(Service(folder))
    assert feed.greeting == {"treaty": 1, "ok": True, "resume_after": None,
                             "prefix": {"lines": 0, "hash": "0" * 16},
                             "line_bytes_max": 131072}, feed.greeting


def test_lines_are_acked_once_they_are_stored(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.send(*[event(i) for i in range(5)])
    replies = feed.until_acked(5)
    assert all(list(reply) == ["acked"] for reply in replies), replies
    assert [reply["acked"] for reply in replies] == sorted({reply["acked"] for reply in replies})
    assert service.query("select sum(record_count) from segments")[0][0] >= 6  # a program, 5 events


def test_resume_after_is_the_last_line_of_that_name(folder):
    service = Service(folder)
    web, crm = Feed(service, "web"), Feed(service, "crm")
    web.send(event(1), event(2))
    web.until_acked(2)
    crm.send(event(3))
    crm.until_acked(1)
    web.close()
    crm.close()
    assert Feed(service, "web").greeting["resume_after"] == {"source": "/test", "id": "e2"}
    assert Feed(service, "crm").greeting["resume_after"] == {"source": "/test", "id": "e3"}
    assert Feed(service, "new").greeting["resume_after"] is None
    service.stop()
    service = Service(folder)
    assert Feed(service, "web").greeting["resume_after"] == {"source": "/test", "id": "e2"}


def test_a_name_is_for_one_connection_at_a_time(folder):
    service = Service(folder, "--feed-plain", "unix:" + os.path.join(folder, "plain.socket"))
    first = Feed(service, "web")
    second = Feed(service, "web")
    assert second.greeting == {
        "treaty": 1, "ok": False, "retry": True, "reason":
        "a feed of this name is connected: one connection at a time for one name"}, second.greeting
    assert second.line() is None
    first.send(event(1))
    first.until_acked(1)  # the first goes on
    first.half_close()
    third = Feed(service, "web")  # though the first may still be open at the other side
    assert third.greeting["resume_after"]["id"] == "e1", third.greeting
    for _ in range(2):  # bare lines are all one feed
        Lines(os.path.join(folder, "plain.socket")).send(event(2))
    assert Feed(service, "plain").greeting["ok"]


def test_many_names_are_kept_apart(folder):
    service = Service(folder)
    names = ["%x" % random.getrandbits(random.randint(1, 200)) for _ in range(150)]
    names = list(dict.fromkeys(names))
    for number, name in enumerate(names):
        feed = Feed(service, name)
        feed.send(event(number), b"no json")
        feed.until_acked(2)
        feed.close()
        Feed(service, "silent " + name).close()
    for number in random.sample(range(len(names)), 30):
        assert Feed(service, names[number]).greeting["resume_after"]["id"] == "e%d" % number
    service.stop()
    service = Service(folder)
    for number in random.sample(range(len(names)), 30):
        assert Feed(service, names[number]).greeting["resume_after"]["id"] == "e%d" % number
    assert service.query("select count(*) from feeds") == [(len(names),)]


def test_the_prefix_is_of_all_durable_lines_in_their_order(folder):
    def prefix_of(name, *lines, **hello):
        feed = Lines(service)
        feed.send({"treaty": 1, "role": "feed", "name": name, **hello}, *lines)
        feed.reply()
        feed.socket.sendall(b'{"cut off')  # by its sender's end: no line at all
        feed.socket.shutdown(socket.SHUT_WR)
        while feed.reply():
            pass
        return Feed(service, name).greeting["prefix"]

    service = Service(folder)
    one = prefix_of("one", event(1), b"", b"no json", event(2))
    assert one["lines"] == 3, one
    prefix_of("two", event(1))
    assert prefix_of("two", b"no json", event(2)) == one
    assert prefix_of("three", b"no json", event(1), event(2))["hash"] != one["hash"]
    assert prefix_of("three", event(1), b"no json", event(2), from_start=True) == one
    service.stop()
    service = Service(folder)
    assert Feed(service, "one").greeting["prefix"] == one


def test_a_refused_line_that_names_itself_is_resumed_after(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.send(event(1), event(2, type="web.unheard_of"))
    feed.until_acked(2)
    feed.close()
    assert Feed(service).greeting["resume_after"]["id"] == "e2"


def test_refused_lines_are_told_kept_and_counted(folder):
    service = Service(folder)
    feed = Feed(service)
    bad = [b"no json", b'{"specversion":"1.0","id":"u","source":"/t\xff"}',
           event(3, type="web.unheard_of"), event(4, time_text="yesterday"),
           event(5, data={"note": 7}),
           b"[" * 40 + b"]" * 40, event(7, account="x" * 2000)]
    feed.send(event(0), *bad, event(9))
    replies = feed.until_acked(9)
    refused = {reply["refused"]: reply["code"] for reply in replies if "refused" in reply}
    assert refused == {2: "not_json", 3: "bad_utf8", 4: "unknown_event", 5: "bad_time",
                       6: "wrong_type", 7: "too_deep", 8: "id_too_long"}, refused
    told = [reply for reply in replies if reply.get("refused") == 4][0]
    assert told["id"] == "e3" and "unheard_of" in told["reason"], told
    rows = service.query("select line_number, code, feed, line from refused order by line_number")
    assert [row[1] for row in rows] == list(refused.values()), rows
    assert rows[0] == (2, "not_json", "web", b"no json"), rows[0]


def test_what_the_engine_refuses_is_told_too(folder):
    service = Service(folder)
    feed = Feed(service)
    nobody = event(1)
    del nobody["account"]
    feed.send(nobody, event(2, account="a"), event(2, account="b"), event(3))
    replies = feed.until_acked(4)
    refused = {reply["refused"]: (reply["code"], reply.get("id")) for reply in replies
               if "refused" in reply}
    assert refused == {1: ("no_account", "e1"), 3: ("id_reused", "e2")}, refused
    codes = "select code, line_number from refused order by line_number"
    eventually(lambda: service.query(codes) == [("no_account", 1), ("id_reused", 3)], "rows")
    service.stop()
    service = Service(folder)  # a replay refuses them again, and does not write them again
    assert service.query(codes) == [("no_account", 1), ("id_reused", 3)]


def test_an_event_of_the_future_is_refused(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.send(event(1, time_text=now_text(200)), event(2, time_text=now_text(400)))
    replies = feed.until_acked(2)
    refused = [(reply["refused"], reply["code"]) for reply in replies if "refused" in reply]
    assert refused == [(2, "future_time")], replies


def test_a_repeat_is_acked_and_changes_nothing(folder):
    service = Service(folder)
    feed = Feed(service)
    watcher = Decisions(service, after=0)
    line = event(1, time_text=now_text())
    feed.send(line)
    feed.until_acked(1)
    first = watcher.line()
    while b"handover.breached" not in first:
        first = watcher.line()
    feed.send(line, line, line)
    assert all("refused" not in reply for reply in feed.until_acked(4))
    watcher.silent_for(0.5)


def test_a_line_over_the_limit_is_refused_and_the_rest_goes_on(folder):
    service = Service(folder, "--max-event-bytes", "1000")
    feed = Feed(service)
    fits = event(1, data={"note": ""})
    fits["data"]["note"] = "x" * (1000 - len(json.dumps(fits)))
    assert len(json.dumps(fits)) == 1000
    feed.send(fits, event(2, data={"note": "y" * 1000}), event(3, data={"note": "z" * 5000000}),
              event(4))
    refused = {r["refused"]: r["code"] for r in feed.until_acked(4) if "refused" in r}
    assert refused == {2: "too_long", 3: "too_long"}, refused
    assert service.query("select line from refused") == [(None,), (None,)]
    memory_kb = int([line for line in open("/proc/%d/status" % service.process.pid)
                     if line.startswith("VmRSS")][0].split()[1])
    before_kb = memory_kb
    feed.send(b"q" * 50000000)
    feed.until_acked(5)
    memory_kb = int([line for line in open("/proc/%d/status" % service.process.pid)
                     if line.startswith("VmRSS")][0].split()[1])
    assert memory_kb < before_kb + 20000, (before_kb, memory_kb)


def test_lines_come_in_any_pieces(folder):
    service = Service(folder)
    feed = Feed(service)
    data = b"".join(json.dumps(event(i)).encode() + random.choice([b"\n", b"\r\n"])
                    for i in range(30))
    while data:
        length = random.randint(1, 400)
        feed.socket.sendall(data[:length])
        data = data[length:]
        if random.random() < 0.3:
            time.sleep(0.005)
    assert all("refused" not in reply for reply in feed.until_acked(30))


def test_blank_lines_count_but_are_nothing(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.send(b"", b"  ", b"\r")
    feed.until_acked(3)
    feed.send(b"", event(1), b"")
    feed.until_acked(6)
    assert service.query("select sum(record_count) from segments where number > 1") == [(1,)]


def test_a_half_close_is_acked_then_answered(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.send(event(1), event(2))
    feed.socket.sendall(json.dumps(event(3)).encode())  # the last line has no end
    feed.half_close()
    feed.until_acked(3)
    assert feed.line() is None
    feed = Feed(service)
    assert feed.greeting["resume_after"]["id"] == "e3"
    feed.half_close()
    assert feed.line() is None


def test_a_line_that_is_cut_off_is_not_refused(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.socket.sendall(json.dumps(event(1)).encode() + b"\n" + json.dumps(event(2)).encode()[:-5])
    feed.half_close()
    assert [reply for reply in feed.until_acked(1)] == [{"acked": 1}]
    assert feed.line() is None
    assert service.query("select count(*) from refused") == [(0,)]


def test_a_wrong_hello_is_told_and_closed(folder):
    service = Service(folder)
    for hello, part in [("what?", "hello"), ({"treaty": 2, "role": "feed", "name": "x"}, "hello"),
                        ({"treaty": 1, "role": "king"}, "role"),
                        ({"treaty": 1, "role": "feed"}, "name"),
                        ({"treaty": 1, "role": "feed", "name": "a\nb"}, "name"),
                        ({"treaty": 1, "role": "decisions", "after": -1}, "after"),
                        ('{"treaty":1,"treaty":1,"role":"feed","name":"x"}', "hello"),
                        ("x" * 100000, "too long"), (event(1), "hello")]:
        client = Lines(service)
        client.send(hello)
        reply = client.reply()
        assert reply["ok"] is False and part in reply["reason"], (hello, reply)
        assert client.line() is None
    assert service.query("select count(*) from refused") == [(0,)]


def test_a_token_is_asked_of_every_role(folder):
    token_file = os.path.join(folder, "token")
    with open(token_file, "w") as file:
        file.write("s3cret-of-ours\n")
    service = Service(folder, "--token-file", token_file)
    for client in (Feed(service), Decisions(service), Feed(service, token="s3cret-of-other")):
        greeting = client.greeting
        assert greeting["ok"] is False and "token" in greeting["reason"], greeting
        assert client.line() is None
    assert Feed(service, token="s3cret-of-ours").greeting["ok"] is True
    assert Decisions(service, token="s3cret-of-ours").greeting["ok"] is True
    service.stop()
    assert "s3cret" not in service.log()
    service = Service(folder, environment={"TREATY_TOKEN": "s3cret-of-ours"})
    assert Feed(service).greeting["ok"] is False
    assert Feed(service, token="s3cret-of-ours").greeting["ok"] is True


def test_a_plain_feed_has_no_handshake_and_no_replies(folder):
    path = os.path.join(folder, "plain.socket")
    service = Service(folder, "--feed-plain", "unix:" + path)
    watcher = Decisions(service, after=0)
    client = Lines(path)
    client.send(b"no json", event(1, time_text=now_text()))
    assert b"treaty.lead.opened" in watcher.line()
    client.silent_for(0.3)
    client.half_close()
    assert client.line() is None
    assert service.query("select code, feed from refused") == [("not_json", "plain")]
    service.stop()
    assert not os.path.exists(path)


def test_a_socket_left_by_a_killed_service_is_taken_over(folder):
    path = os.path.join(folder, "plain.socket")
    Service(folder, "--feed-plain", "unix:" + path).kill()
    assert os.path.exists(path)
    service = Service(folder, "--feed-plain", "unix:" + path)
    Lines(path).close()
    service.stop()


def test_a_silent_feed_is_closed_and_a_subscriber_is_not(folder):
    service = Service(folder, "--idle", "1")
    feed, watcher = Feed(service), Decisions(service)
    began = time.monotonic()
    assert feed.line() is None
    assert 0.9 < time.monotonic() - began < 5
    watcher.silent_for(0.5)


def test_a_feed_that_does_not_fetch_its_replies_is_held_back(folder):
    service = Service(folder)
    feed = Feed(service)
    feed.socket.settimeout(1)
    line = b"no json " + b"x" * 200 + b"\n"
    sent = 0
    try:
        while sent < 400000:  # replies of 80 bytes each: more than all buffers between hold
            feed.socket.sendall(line * 1000)
            sent += 1000
    except (socket.timeout, TimeoutError):
        pass
    assert sent < 400000, "it took everything, and held the replies in memory"
    other = Feed(service, "other")
    other.send(event(1))
    other.until_acked(1)
    service.stop()


def test_a_feed_that_fetches_nothing_is_closed_at_last(folder):
    service = Service(folder, "--idle", "2")
    stuck = Feed(service, "stuck")
    stuck.socket.settimeout(1)
    try:
        while True:
            stuck.socket.sendall((b"no json " + b"x" * 200 + b"\n") * 1000)
    except (socket.timeout, TimeoutError):
        pass
    assert not Feed(service, "stuck").greeting["ok"]
    eventually(lambda: Feed(service, "stuck").greeting["ok"], "its name is free")


def test_many_feeds_at_once(folder):
    service = Service(folder)
    feeds = [Feed(service, "feed %d" % i) for i in range(40)]
    for turn in range(5):
        for i, feed in enumerate(feeds):
            feed.send(*[event("%d-%d-%d" % (i, turn, j)) for j in range(10)])
    for feed in feeds:
        feed.until_acked(50)
        feed.close()
    accounts = "select count(*) from decisions where type = 'treaty.lead.opened'"
    eventually(lambda: service.query(accounts) == [(2000,)], "each event opened its lead")


if __name__ == "__main__":
    run_tests(globals())

"""harness.py - what the service tests share: a service as a process, clients on real sockets, and
a runner.

A test is a function named test_*, given a fresh folder. `run_tests(globals())` runs all of a module
and prints how many passed and failed.
"""
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TREATY = os.environ.get("TREATY_BIN", os.path.join(ROOT, "build", "dev", "treaty"))
DESK = os.path.join(HERE, "desk.treaty")
EXAMPLES = os.path.join(ROOT, "rules", "examples")

# Nothing here may take longer; what does has failed.
PATIENCE_S = 30


def clean_environment(extra=None):
    ours = ("TREATY_TOKEN", "NOTIFY_SOCKET")
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    environment.update(extra or {})
    return environment


def run(*arguments, data=None, environment=None):
    """Runs a command to its end: (exit code, standard output, standard error)."""
    done = subprocess.run([TREATY, *arguments], input=data, capture_output=True, timeout=60,
                          env=clean_environment(environment))
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def eventually(question, what):
    """Asks until the answer is true, and gives it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("not within %d s: %s" % (PATIENCE_S, what))


class Service:
    """`treaty serve` on its own port; ended by stop (SIGTERM), kill (SIGKILL) or the runner."""
    running = []

    def __init__(self, folder, *arguments, treaty=DESK, port=0, environment=None, feed=True,
                 before_start=None, signed=False):
        self.folder = folder
        self.store = os.path.join(folder, "store")
        self.log_path = os.path.join(folder, "serve-%d.log" % random.getrandbits(40))
        command = [TREATY, "serve", *([treaty] if treaty else []), "--store", self.store]
        command += [] if signed else ["--unsigned"]
        if feed:
            command += ["--feed", "127.0.0.1:%d" % port]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command + list(arguments), stderr=log, stdout=log,
                                            env=clean_environment(environment),
                                            preexec_fn=before_start)
        Service.running.append(self)
        eventually(lambda: "listening on" in self.log() or self.process.poll() is not None,
                   "the service listens")
        assert self.process.poll() is None, "it ended at once: " + self.log()
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)", self.log())
        self.port = int(found.group(1)) if found else None
        self.address = "127.0.0.1:%s" % self.port

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait(self):
        code = self.process.wait(PATIENCE_S)
        assert "runtime error" not in self.log() and "Sanitizer" not in self.log(), self.log()
        return code

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, "ended with %s: %s" % (code, self.log())

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def query(self, sql):
        import sqlite3
        path = os.path.join(self.store, "store.sqlite")
        database = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()


class ShiftedClock:
    """A wall clock for a service, `environment`, that a test sets ahead or back."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "clock_shift")
        library = os.path.join(os.path.dirname(TREATY), "tests", "libshifted_clock.so")
        self.environment = {"LD_PRELOAD": library, "TREATY_CLOCK_SHIFT": self.path,
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        self.set(0)

    def set(self, seconds):
        with open(self.path + ".new", "w") as file:
            file.write(str(seconds))
        os.replace(self.path + ".new", self.path)


def limit_files(count):
    """For before_start: the process may open so few files, and cannot raise that."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


class Lines:
    """A client's end of a connection that speaks in lines."""

    def __init__(self, service_or_path, receive_buffer=None):
        if isinstance(service_or_path, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE_S)
            self.socket.connect(service_or_path)
        else:
            self.socket = socket.socket()
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.socket.settimeout(PATIENCE_S)
            self.socket.connect(("127.0.0.1", service_or_path.port))
        self.begun = b""

    def send(self, *lines):
        data = b"".join((line if isinstance(line, bytes) else
                         (line if isinstance(line, str) else json.dumps(line)).encode()) + b"\n"
                        for line in lines)
        self.socket.sendall(data)

    def line(self):
        """The next line as bytes; None at the end."""
        while b"\n" not in self.begun:
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self.begun += data
        line, self.begun = self.begun.split(b"\n", 1)
        return line

    def reply(self):
        line = self.line()
        return None if line is None else json.loads(line)

    def silent_for(self, seconds):
        self.socket.settimeout(seconds)
        try:
            line = self.line()
        except (socket.timeout, TimeoutError):
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)
        raise AssertionError("a line came: %r" % line)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()


class Feed(Lines):
    def __init__(self, service, name="web", token=None):
        super().__init__(service)
        hello = {"treaty": 1, "role": "feed", "name": name}
        if token is not None:
            hello["token"] = token
        self.send(hello)
        self.greeting = self.reply()

    def until_acked(self, count):
        """All replies up to the one that acknowledges line `count`."""
        replies = []
        while True:
            replies.append(self.reply())
            assert replies[-1] is not None, "it hung up before line %d: %s" % (count, replies)
            if replies[-1].get("acked", 0) >= count:
                return replies


class Decisions(Lines):
    def __init__(self, service, after=None, history=False, token=None, receive_buffer=None):
        super().__init__(service, receive_buffer)
        hello = {"treaty": 1, "role": "decisions"}
        if after is not None:
            hello["after"] = after
        if history:
            hello["history"] = True
        if token is not None:
            hello["token"] = token
        self.send(hello)
        self.greeting = self.reply()


def now_text(offset_s=0):
    at = time.time() + offset_s
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%03dZ" % (at % 1 * 1000)


def event(number, type="web.asked", account=None, time_text=None, **more):
    """An event of desk.treaty. Accounts differ unless told otherwise: each asks for itself."""
    line = {"specversion": "1.0", "id": "e%s" % number, "source": "/test", "type": type,
            "time": time_text or "2026-11-02T09:00:00Z", "account": account or "a%s" % number}
    line.update(more)
    return {key: value for key, value in line.items() if value is not None}


def all_decisions(service, count, history=False):
    """The first `count` decisions of the store, as `treaty watch` prints them."""
    arguments = ["watch", "--from", service.address, "--after", "0", "--count", str(count),
                 "--format", "json"]
    code, out, error = run(*arguments, *(["--history"] if history else []))
    assert code == 0, error
    return out


def run_tests(module, seed=None):
    names = sys.argv[1:] or [name for name in module if name.startswith("test_")]
    seed = int(os.environ.get("TREATY_TEST_SEED", seed or random.SystemRandom().getrandbits(32)))
    print("seed %d (repeat with TREATY_TEST_SEED=%d)" % (seed, seed))
    passed = failed = 0
    for name in names:
        random.seed("%d %s" % (seed, name))
        folder = tempfile.mkdtemp(prefix="treaty-")
        began = time.monotonic()
        try:
            module[name](folder)
            passed += 1
            print("ok      %s (%.1f s)" % (name, time.monotonic() - began))
        except Exception:
            failed += 1
            print("FAILED  %s (%.1f s)" % (name, time.monotonic() - began))
            traceback.print_exc(file=sys.stdout)
            for service in Service.running:
                print("--- log of a service:\n" + service.log())
        for service in Service.running:
            if service.process.poll() is None:
                service.kill()
        Service.running.clear()
        shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)

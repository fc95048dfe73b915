/* cmd_watch.c - `treaty watch`: prints the decisions of a service as they are made. */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/address.h"
#include "runtime/commands.h"
#include "runtime/decision_json.h"
#include "runtime/decision_read.h"
#include "runtime/line_client.h"
#include "runtime/output.h"
#include "runtime/protocol.h"
#include "runtime/terminal.h"
#include "runtime/token.h"

#define RETRY_FOR_S_DEFAULT 30
#define HELLO_WAIT_MS       10000

enum { FORMAT_TEXT = 1, FORMAT_JSON = 2 };

typedef struct watch_options {
  const char *from, *after, *token_file;
  bool history;
  uint64_t count, retry_for_s;
  unsigned format;
} watch_options;

static const option_row rows[] = {
    {"from", OPTION_TEXT, "ADDR:PORT", "the service; or unix:PATH", offsetof(watch_options, from)},
    {"after", OPTION_TEXT, "SEQ",
     "begin behind the decisions of this event, or behind the decision SEQ.N (from now on)",
     offsetof(watch_options, after)},
    {"history", OPTION_FLAG, NULL, "also what was decided when the store was filled from history",
     offsetof(watch_options, history)},
    {"count", OPTION_NUMBER, "N", "end after so many decisions", offsetof(watch_options, count)},
    {"format", OPTION_CHOICE, "text|json",
     "lines for people (on a terminal), their times in UTC; or CloudEvents",
     offsetof(watch_options, format)},
    {"token-file", OPTION_TEXT, "FILE", "the secret of the service; else TREATY_TOKEN",
     offsetof(watch_options, token_file)},
    {"retry-for", OPTION_NUMBER, "SECONDS", "how long to wait for a service that is away (30)",
     offsetof(watch_options, retry_for_s), UINT32_MAX},
};

typedef struct watching {
  const watch_options *options;
  address address;
  protocol_hello hello; /* its `after` moves with what was printed */
  line_client client;
  protocol_reply reply;
  output out;
  uint64_t printed;
  int64_t alive_ms; /* when the service was last there */
} watching;

/* ---- Connecting ------------------------------------------------------------------------------ */

static bool wait_for_reply(watching *watch) {
  treaty_text line;
  if (!line_client_wait_line(&watch->client, HELLO_WAIT_MS, &line)) return false;
  protocol_read_reply(line, &watch->reply);
  return true;
}

/* A place that the service has not come to is a slip, or of another store. `17` alone is behind all
 * decisions of that event. */
static bool is_beyond(store_position after, store_position newest) {
  return after.n == UINT32_MAX ? after.seq > newest.seq : store_position_compare(after, newest) > 0;
}

/* The service has taken the hello; gives an exit code. From here on it goes by place, so that a
 * lost connection loses no decision. */
static int begin(watching *watch) {
  protocol_hello *hello = &watch->hello;
  const protocol_reply *reply = &watch->reply;
  if (hello->from_now) {
    hello->after = reply->after;
    hello->from_now = false;
  }
  if (!is_beyond(hello->after, reply->newest)) return EXIT_FINE;
  say("there is nothing at %" PRIu64 " yet: the newest decision of the service at %s is %" PRIu64
      ".%" PRIu32 "; without --after the watch begins there",
      hello->after.seq, watch->options->from, reply->newest.seq, reply->newest.n);
  return EXIT_USAGE;
}

/* Gives EXIT_FINE, or the exit code that ends it all. */
static int connect_and_greet(watching *watch) {
  buffer why = {0};
  int64_t deadline_ms = watch->alive_ms + (int64_t)watch->options->retry_for_s * 1000;
  int exit_code = EXIT_UNREACHABLE;
  for (bool again = false; exit_code == EXIT_UNREACHABLE; again = true) {
    line_client_close(&watch->client);
    if (again) poll(NULL, 0, LINE_CLIENT_PAUSE_MIN_MS);
    if (again && line_client_now_ms() >= deadline_ms) break;
    watch->reply.retry = false;
    if (!line_client_connect(&watch->client, &watch->address, deadline_ms, &why)) break;
    protocol_put_hello(&watch->client.out, &watch->hello);
    buffer_clear(&why);
    buffer_print(&why, "it does not answer");
    if (wait_for_reply(watch) && !protocol_puts_off(&watch->reply, &why))
      exit_code = watch->reply.kind == PROTOCOL_ACCEPTED ? EXIT_FINE : EXIT_USAGE;
  }
  if (exit_code == EXIT_UNREACHABLE)
    say("the service at %s %s: %s", watch->options->from,
        watch->reply.retry ? "still turns the watcher away" : "is not reachable",
        buffer_text(&why));
  else if (exit_code == EXIT_USAGE)
    say("the service at %s turns the watcher away: %s", watch->options->from,
        watch->reply.kind == PROTOCOL_REJECTED ? watch->reply.reason.bytes
                                               : "it does not speak this protocol");
  buffer_free(&why);
  return exit_code == EXIT_FINE ? begin(watch) : exit_code;
}

/* ---- Printing -------------------------------------------------------------------------------- */

static void print_decision(watching *watch, treaty_text line) {
  buffer *text = &watch->out.text;
  decision_read read;
  if (watch->options->format == FORMAT_JSON) {
    buffer_put(text, line.bytes, line.length);
  } else {
    /* A newer service may know kinds of decision that are new to us: those are shown as they came.
     */
    if (decision_read_line(&read, line))
      decision_text(text, NULL, &read.decision);
    else
      terminal_put_text(text, line);
    decision_read_close(&read);
  }
  buffer_put(text, "\n", 1);
  watch->printed++;
}

static bool enough(const watching *watch) {
  return watch->options->count > 0 && watch->printed >= watch->options->count;
}

/* Prints what has come, and remembers the last one's place. */
static void print_lines(watching *watch) {
  treaty_text line, last = {0};
  while (!enough(watch) && line_client_line(&watch->client, &line)) {
    print_decision(watch, line);
    last = line;
    if (!output_turn(&watch->out)) break;
  }
  if (last.bytes) {
    decision_read_position(last, &watch->hello.after);
    watch->alive_ms = line_client_now_ms();
  }
  output_flush(&watch->out);
}

/* Waits for the service, and for the output's reader to go away. False: the connection is lost. */
static bool wait_for_more(watching *watch) {
  struct pollfd output = {.fd = STDOUT_FILENO}; /* errors and ends are always told */
  bool there = !watch->client.ended && line_client_turn(&watch->client, -1, &output);
  if (output.revents != 0) watch->out.ended = true;
  return there && !watch->client.ended;
}

static int watch_all(watching *watch) {
  int exit_code = connect_and_greet(watch);
  while (exit_code == EXIT_FINE && !watch->out.ended) {
    print_lines(watch);
    if (enough(watch) || watch->out.ended) break;
    bool there = wait_for_more(watch);
    print_lines(watch);
    if (there || enough(watch) || watch->out.ended) continue;
    watch->alive_ms = line_client_now_ms();
    poll(NULL, 0, LINE_CLIENT_PAUSE_MIN_MS);
    exit_code = connect_and_greet(watch);
  }
  return exit_code;
}

/* ---- The command ----------------------------------------------------------------------------- */

static bool prepare(watching *watch, buffer *why) {
  const watch_options *options = watch->options;
  watch->hello.role = PROTOCOL_DECISIONS;
  watch->hello.history = options->history;
  watch->hello.from_now = !options->after;
  if (!options->from)
    buffer_print(why, "where from? name the service's address with --from");
  else if (options->after && !protocol_read_position(options->after, &watch->hello.after))
    buffer_print(why, "'%s' is no place among decisions: write SEQ or SEQ.N", options->after);
  return why->length == 0 && address_parse(options->from, &watch->address, why) &&
         token_read(options->token_file, watch->hello.token, why);
}

static int run_watch(int argc, char **argv) {
  watch_options options = {.retry_for_s = RETRY_FOR_S_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_watch, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (options.format == 0) options.format = isatty(STDOUT_FILENO) == 1 ? FORMAT_TEXT : FORMAT_JSON;

  buffer why = {0};
  watching watch = {.options = &options, .client = {.file = -1}};
  watch.alive_ms = line_client_now_ms();
  signal(SIGPIPE, SIG_IGN);
  output_open(&watch.out, STDOUT_FILENO);
  exit_code = EXIT_USAGE;
  if (prepare(&watch, &why))
    exit_code = watch_all(&watch);
  else
    say("%s", buffer_text(&why));
  line_client_close(&watch.client);
  protocol_reply_close(&watch.reply);
  buffer_free(&why);
  return output_close(&watch.out, exit_code);
}

const command command_watch = {
    .name = "watch",
    .arguments = "",
    .summary = "print the decisions of a service as they are made",
    .text =
        "Prints decisions from now on, or from a place in the past and on. When the service goes "
        "away it is waited for, and printing goes on behind the last decision printed. It ends "
        "when nobody reads the output any more.\n\n"
        "Exit code 0 when --count decisions are printed or the reader has gone, 2 when nothing is "
        "at --after yet or the service turns the watcher away, 75 when it is not reachable.",
    .example =
        "treaty watch --from 127.0.0.1:7171\n"
        "treaty watch --from 127.0.0.1:7171 --after 0 --format json > decisions.ndjson",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 0,
    .arguments_max = 0,
    .run = run_watch,
};

/* cmd_send.c - `treaty send`: streams feed files to a service, and stays until all is acknowledged.
 *
 *   files ──> | acked | on the wire, not acked |  not sent  | ──> not read yet
 *                     ^ first                  ^ sent       ^ count
 *
 * What is not acked is held, so that it can be sent again over a new connection, even from standard
 * input. The service says what it has (feed_prefix.h), and only lines that are just that are passed
 * over; where it cannot be told, lines go out twice and are recognised as repeats. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/address.h"
#include "runtime/commands.h"
#include "runtime/feed_file.h"
#include "runtime/feed_resume.h"
#include "runtime/line_client.h"
#include "runtime/output.h"
#include "runtime/progress.h"
#include "runtime/protocol.h"
#include "runtime/table.h"
#include "runtime/token.h"

/* Held while it is not acked. The service commits 4 MiB at once: two of those keep it busy. */
#define WINDOW_BYTES_MAX ((size_t)8 * 1024 * 1024)

#define RETRY_FOR_S_DEFAULT 30
#define HELLO_WAIT_MS       10000

typedef struct send_options {
  const char *to, *name, *token_file;
  bool from_start;
  uint64_t rate, retry_for_s;
} send_options;

static const option_row rows[] = {
    {"to", OPTION_TEXT, "ADDR:PORT", "the service; or unix:PATH", offsetof(send_options, to)},
    {"name", OPTION_TEXT, "NAME",
     "the feed's name, under which it is resumed (" PROTOCOL_NAME_DEFAULT ")",
     offsetof(send_options, name)},
    {"from-start", OPTION_FLAG, NULL,
     "send all, also what was sent under the name before; repeats are known as such for as long as "
     "the treaty's 'late events up to' says (7 days)",
     offsetof(send_options, from_start)},
    {"token-file", OPTION_TEXT, "FILE", "the secret of the service; else TREATY_TOKEN",
     offsetof(send_options, token_file)},
    {"rate", OPTION_NUMBER, "N", "at most so many lines a second", offsetof(send_options, rate)},
    {"retry-for", OPTION_NUMBER, "SECONDS", "how long to wait for a service that is away (30)",
     offsetof(send_options, retry_for_s), UINT32_MAX},
};

typedef struct held_line {
  char *bytes; /* with its line end */
  size_t length;
  const char *path;
  uint64_t number; /* in its file */
} held_line;

typedef struct sending {
  const send_options *options;
  address address;
  protocol_hello hello;
  const char *const *paths;
  size_t path_count, path; /* path: being read, or path_count */
  feed_file *file;
  feed_file_wait wait;
  feed_place_in skip; /* lines of this file up to this one were sent by an earlier call */
  bool failed;        /* a file could not be read */
  int exit_code;      /* other than EXIT_FINE: it is over */

  held_line *lines; /* lines[first, count) are held */
  size_t first, sent, count, room;
  size_t held_bytes;
  feed_prefix prefix; /* of what stands before lines[first] */
  line_client client;
  bool greeted;            /* once at least */
  uint64_t line_bytes_max; /* of the service */
  uint64_t acked;          /* of lines sent on this connection */
  int64_t began_ms;        /* when sending began */

  uint64_t taken, refused, skipped;
  uint64_t bytes_before,
      bytes_total; /* of the files before this one, and of all; 0: nobody knows */
  protocol_reply reply;
  progress bar;
  buffer why;
} sending;

/* ---- Reading the files ----------------------------------------------------------------------- */

static void tell_unread(sending *send, const char *reason) {
  progress_clear(&send->bar);
  say("%s", reason ? reason : "there is not enough memory");
  send->failed = true;
}

/* Opens the next file, when none is open. False: there are no more. */
static bool have_file(sending *send) {
  char *error = NULL;
  if (send->file || send->path == send->path_count) return send->file != NULL;
  send->file = feed_file_open_waiting(send->paths[send->path], FEED_RESUME_LINE_BYTES_MAX,
                                      &send->wait, &error);
  if (!send->file) {
    tell_unread(send, error);
    send->path = send->path_count;
  }
  free(error);
  return send->file != NULL;
}

static void close_file(sending *send) {
  if (feed_file_error(send->file) && send->exit_code == EXIT_FINE) {
    tell_unread(send, feed_file_error(send->file));
    send->path = send->path_count - 1; /* what comes behind it would be out of order */
  }
  send->bytes_before += feed_file_bytes_total(send->file);
  feed_file_close(send->file);
  send->file = NULL;
  send->path++;
}

static void tell_refused(sending *send, const char *path, uint64_t number, const char *code,
                         const char *reason) {
  progress_clear(&send->bar);
  fprintf(stderr, "%s:%" PRIu64 ": refused %s: %s\n", path, number, code, reason);
  send->refused++;
}

static void hold_line(sending *send, const feed_line *line) {
  if (send->count == send->room) {
    size_t held = send->count - send->first;
    if (held > 0) memmove(send->lines, send->lines + send->first, held * sizeof(held_line));
    send->sent -= send->first;
    send->first = 0;
    send->count = held;
    if (held * 2 > send->room || send->room == 0) {
      send->room = send->room ? send->room * 2 : 1024;
      send->lines = room_grow(send->lines, send->room, sizeof(held_line));
    }
  }
  char *bytes = room_grow(NULL, line->length + 1, 1);
  memcpy(bytes, line->bytes, line->length);
  bytes[line->length] = '\n';
  send->lines[send->count++] =
      (held_line){bytes, line->length + 1, send->paths[send->path], line->number};
  send->held_bytes += line->length + 1;
}

/* Reads one more line into the window. False: there are no more. */
static bool read_line(sending *send) {
  while (have_file(send)) {
    feed_line line = feed_file_next(send->file);
    if (line.number == 0) {
      close_file(send);
    } else if (send->path < send->skip.path ||
               (send->path == send->skip.path && line.number <= send->skip.line_number)) {
      send->skipped++;
    } else if (line.too_long) {
      tell_refused(send, send->paths[send->path], line.number, "too_long", "no service takes it");
    } else {
      hold_line(send, &line);
      return true;
    }
  }
  return false;
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static bool wait_for_reply(sending *send) {
  treaty_text line;
  if (!line_client_wait_line(&send->client, HELLO_WAIT_MS, &line)) return false;
  protocol_read_reply(line, &send->reply);
  return true;
}

static treaty_text text_of(const held_line *line) {
  return (treaty_text){line->bytes, line->length - 1};
}

static void drop_lines(sending *send, size_t count) {
  for (; count > 0; count--) {
    held_line *line = &send->lines[send->first++];
    feed_resume_add(&send->prefix, text_of(line), send->line_bytes_max);
    send->held_bytes -= line->length;
    send->taken++;
    free(line->bytes);
  }
}

static feed_known known_to_service(const sending *send) {
  const protocol_reply *reply = &send->reply;
  feed_known known = {.prefix = reply->prefix, .line_bytes_max = reply->line_bytes_max};
  if (reply->resumes) {
    known.source = (treaty_text){reply->source.bytes, reply->source.length};
    known.id = (treaty_text){reply->id.bytes, reply->id.length};
  }
  return known;
}

/* How many of the held lines the service has: by all that came up to them, or, when somebody else
 * sent under the name, by the name of its last line. Another line may carry that name, too: a
 * repeat, among those that it has not. */
static size_t held_there(const sending *send, const feed_known *known) {
  feed_prefix prefix = send->prefix;
  if (feed_prefix_same(prefix, known->prefix)) return 0;
  for (size_t i = send->first; i < send->count; i++) {
    feed_resume_add(&prefix, text_of(&send->lines[i]), known->line_bytes_max);
    if (feed_prefix_same(prefix, known->prefix)) return i + 1 - send->first;
  }
  for (size_t i = send->first; known->id.bytes && i < send->count; i++)
    if (feed_resume_is(text_of(&send->lines[i]), known->source, known->id))
      return i + 1 - send->first;
  return 0;
}

/* Before the first line: finds out where to begin. False: the service is to forget how far the feed
 * has come, which takes another hello. */
static bool find_place(sending *send, const feed_known *known) {
  feed_place_in place = {0};
  if (send->hello.from_start) return true;
  switch (feed_resume_find(send->paths, send->path_count, known, &place)) {
    case FEED_RESUME_BEHIND:
      send->skip = place;
      send->prefix = known->prefix;
      return true;
    case FEED_RESUME_CHANGED:
      say("%s has the last line sent as '%s' at line %" PRIu64
          ", but other lines before it than were sent: the file was changed, or one before it is "
          "missing. --from-start sends all; the service knows repeats for as long as the treaty's "
          "'late events up to' says",
          send->paths[place.path], send->options->name, place.line_number);
      send->exit_code = EXIT_USAGE;
      return true;
    default: return known->prefix.lines == 0;
  }
}

/* The service has taken the hello. False: it needs another one. */
static bool resume(sending *send) {
  feed_known known = known_to_service(send);
  send->line_bytes_max = known.line_bytes_max;
  send->acked = 0;
  if (!send->greeted && !find_place(send, &known)) {
    send->hello.from_start = true;
    return false;
  }
  send->greeted = true;
  send->hello.from_start = false;
  drop_lines(send, held_there(send, &known));
  send->sent = send->first;
  return true;
}

/* Connects and says hello. Gives EXIT_FINE, or the exit code that ends it all. */
static int connect_and_greet(sending *send) {
  /* From now: how long the feed was silent before says nothing about the service. */
  int64_t deadline_ms = line_client_now_ms() + (int64_t)send->options->retry_for_s * 1000;
  for (bool again = false;; again = true) {
    line_client_close(&send->client);
    if (again) poll(NULL, 0, LINE_CLIENT_PAUSE_MIN_MS);
    if (again && line_client_now_ms() >= deadline_ms) break;
    send->reply.retry = false;
    if (!line_client_connect(&send->client, &send->address, deadline_ms, &send->why)) break;
    protocol_put_hello(&send->client.out, &send->hello);
    buffer_clear(&send->why);
    buffer_print(&send->why, "it does not answer");
    if (!wait_for_reply(send)) continue;
    if (send->reply.kind == PROTOCOL_ACCEPTED && !resume(send)) continue;
    if (send->reply.kind == PROTOCOL_ACCEPTED) return send->exit_code;
    if (protocol_puts_off(&send->reply, &send->why)) continue;
    progress_clear(&send->bar);
    say("the service at %s turns the feed away: %s", send->options->to,
        send->reply.kind == PROTOCOL_REJECTED ? send->reply.reason.bytes
                                              : "it does not speak this protocol");
    return EXIT_USAGE;
  }
  progress_clear(&send->bar);
  say("the service at %s %s: %s", send->options->to,
      send->reply.retry ? "still turns the feed away" : "is not reachable",
      buffer_text(&send->why));
  return EXIT_UNREACHABLE;
}

/* ---- Sending --------------------------------------------------------------------------------- */

static void take_replies(sending *send) {
  treaty_text line;
  while (line_client_line(&send->client, &line)) {
    protocol_read_reply(line, &send->reply);
    uint64_t number = send->reply.line_number, on_wire = send->sent - send->first;
    if (number <= send->acked || number - send->acked > on_wire) continue; /* nothing of ours */
    if (send->reply.kind == PROTOCOL_REFUSED) {
      const held_line *refused = &send->lines[send->first + (size_t)(number - send->acked) - 1];
      tell_refused(send, refused->path, refused->number, send->reply.code.bytes,
                   send->reply.reason.bytes);
    } else if (send->reply.kind == PROTOCOL_ACKED) {
      drop_lines(send, (size_t)(number - send->acked));
      send->acked = number;
    }
  }
}

/* How many more lines may go out now. */
static uint64_t allowed(const sending *send) {
  if (send->options->rate == 0) return UINT64_MAX;
  uint64_t elapsed_ms = (uint64_t)(line_client_now_ms() - send->began_ms);
  uint64_t due = elapsed_ms * send->options->rate / 1000 + 1;
  uint64_t gone = send->taken + (send->sent - send->first);
  return due > gone ? due - gone : 0;
}

static void put_line(sending *send) {
  const held_line *line = &send->lines[send->sent++];
  buffer_put(&send->client.out, line->bytes, line->length);
}

static bool has_room(const sending *send) {
  return line_client_unsent(&send->client) < WINDOW_BYTES_MAX;
}

/* Puts lines on the wire: held ones first. False: there is nothing to put. */
static bool put_lines(sending *send) {
  for (uint64_t may = allowed(send); may > 0 && has_room(send); may--) {
    if (send->sent == send->count && (send->held_bytes >= WINDOW_BYTES_MAX || !read_line(send)))
      return false;
    put_line(send);
  }
  return true;
}

static void tell_progress(sending *send) {
  uint64_t read = send->bytes_before + (send->file ? feed_file_bytes_read(send->file) : 0);
  progress_tell(&send->bar, send->taken, read, send->bytes_total);
}

/* A turn of the connection. One that is lost is made again as soon as lines need it. */
static void take_turn(sending *send, int wait_ms, struct pollfd *input) {
  bool there = line_client_turn(&send->client, wait_ms, input);
  take_replies(send);
  if (there && !send->client.ended) return;
  line_client_close(&send->client);
  if (send->first < send->count) send->exit_code = connect_and_greet(send);
}

/* While a pipe is silent, what came before goes out and is answered. */
static bool wait_for_input(void *context, int descriptor) {
  sending *send = context;
  struct pollfd input = {.fd = descriptor, .events = POLLIN};
  while (send->exit_code == EXIT_FINE && input.revents == 0) {
    for (uint64_t may = allowed(send); may > 0 && send->sent < send->count && has_room(send); may--)
      put_line(send);
    tell_progress(send);
    take_turn(send, send->sent < send->count ? 10 : -1, &input);
  }
  return send->exit_code == EXIT_FINE;
}

static bool all_sent(const sending *send) {
  return !send->file && send->path == send->path_count && send->first == send->count;
}

static void send_all(sending *send) {
  send->exit_code = connect_and_greet(send);
  while (send->exit_code == EXIT_FINE && !(have_file(send), all_sent(send))) {
    bool more = put_lines(send);
    tell_progress(send);
    int wait_ms = all_sent(send) || (more && send->options->rate == 0) ? 0
                  : send->options->rate                                ? 10
                                                                       : 200;
    if (send->exit_code == EXIT_FINE) take_turn(send, wait_ms, NULL);
  }
}

/* ---- The command ----------------------------------------------------------------------------- */

static uint64_t total_bytes(const char *const *paths, size_t count) {
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++) {
    struct stat status;
    if (stat(paths[i], &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    total += (uint64_t)status.st_size;
  }
  return total;
}

/* Said at once, not after waiting for the service and sending what comes before it. */
static bool files_are_there(const sending *send, buffer *why) {
  for (size_t i = 0; i < send->path_count; i++) {
    if (strcmp(send->paths[i], "-") == 0 || access(send->paths[i], R_OK) == 0) continue;
    buffer_print(why, "%s could not be opened: %s", send->paths[i], strerror(errno));
    return false;
  }
  return true;
}

static bool prepare(sending *send, buffer *why) {
  const send_options *options = send->options;
  size_t length = strlen(options->name);
  if (!options->to)
    buffer_print(why, "where to? name the service's address with --to");
  else if (length == 0 || length > PROTOCOL_NAME_BYTES_MAX)
    buffer_print(why, "a feed's name has 1 to %d bytes", PROTOCOL_NAME_BYTES_MAX);
  if (why->length > 0 || !address_parse(options->to, &send->address, why) ||
      !files_are_there(send, why))
    return false;
  send->hello.role = PROTOCOL_FEED;
  send->hello.from_start = options->from_start;
  memcpy(send->hello.name, options->name, length + 1);
  return token_read(options->token_file, send->hello.token, why);
}

static void tell_end(const sending *send) {
  char taken[TABLE_NUMBER_BYTES], refused[TABLE_NUMBER_BYTES], skipped[TABLE_NUMBER_BYTES];
  buffer line = {0};
  buffer_print(&line, "%s %s acknowledged, %s refused", table_number(send->taken, taken),
               send->taken == 1 ? "line" : "lines", table_number(send->refused, refused));
  if (send->skipped > 0)
    buffer_print(&line, "; %s sent before", table_number(send->skipped, skipped));
  say("%s", buffer_text(&line));
  buffer_free(&line);
}

static void close_sending(sending *send) {
  feed_file_close(send->file);
  for (size_t i = send->first; i < send->count; i++) free(send->lines[i].bytes);
  free(send->lines);
  line_client_close(&send->client);
  protocol_reply_close(&send->reply);
  buffer_free(&send->why);
}

static int run_send(int argc, char **argv) {
  send_options options = {.name = PROTOCOL_NAME_DEFAULT, .retry_for_s = RETRY_FOR_S_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_send, argc, argv, &options, &rest, &exit_code)) return exit_code;

  buffer why = {0};
  sending send = {.options = &options,
                  .paths = rest.arguments,
                  .path_count = rest.count,
                  .client = {.file = -1},
                  .bytes_total = total_bytes(rest.arguments, rest.count),
                  .wait = {wait_for_input, &send}};
  send.began_ms = line_client_now_ms();
  signal(SIGPIPE, SIG_IGN);
  progress_begin(&send.bar, true);
  exit_code = EXIT_USAGE;
  if (prepare(&send, &why)) {
    send_all(&send);
    progress_clear(&send.bar);
    exit_code = send.exit_code;
    if (exit_code == EXIT_FINE) tell_end(&send);
    if (exit_code == EXIT_FINE && send.failed) exit_code = EXIT_USAGE;
  } else {
    say("%s", buffer_text(&why));
  }
  close_sending(&send);
  buffer_free(&why);
  return exit_code;
}

const command command_send = {
    .name = "send",
    .arguments = "FEED…",
    .summary = "stream feed files to a service",
    .text =
        "Sends the lines of the files, plain or gzip, one file after the other (`-`: standard "
        "input), and ends when the service has acknowledged all of them. A service that goes away "
        "is waited for, and sending goes on after the last line that it has; so does a later call "
        "under the same name, if the files still begin with what was sent. Files that were changed "
        "are not sent, unless with --from-start. Lines that the service refuses are told on "
        "standard error as they are.\n\n"
        "Exit code 0 when all lines are acknowledged, refused ones included; 2 when a file cannot "
        "be read or was changed, or the service turns the feed away; 75 when it is not reachable.",
    .example =
        "treaty send web.ndjson.gz --to 127.0.0.1:7171 --name web\n"
        "tail -f events.ndjson | treaty send - --to 127.0.0.1:7171 --name live",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 1,
    .arguments_max = -1,
    .run = run_send,
};

/* cmd_send.c - `treaty send`: streams feed files to a service, and stays until all is acknowledged.
 *
 *   files ──> | acked | on the wire, not acked |  not sent  | ──> not read yet
 *                     ^ first                  ^ sent       ^ count
 *
 * What is not acked is held, so that it can be sent again over a new connection, even from standard
 * input. The service says after which line to go on; where it cannot be told, lines go out twice
 * and are recognised as repeats. */
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

/* A longer line is not even sent: no service takes it. */
#define LINE_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* Held while it is not acked. The service commits 4 MiB at once: two of those keep it busy. */
#define WINDOW_BYTES_MAX ((size_t)8 * 1024 * 1024)

#define RETRY_FOR_S_DEFAULT 30
#define HELLO_WAIT_MS       10000

typedef struct send_options {
  const char *to, *name, *token_file;
  uint64_t rate, retry_for_s;
} send_options;

static const option_row rows[] = {
    {"to", OPTION_TEXT, "ADDR:PORT", "the service; or unix:PATH", offsetof(send_options, to)},
    {"name", OPTION_TEXT, "NAME", "the feed's name, under which it is resumed (send)",
     offsetof(send_options, name)},
    {"token-file", OPTION_TEXT, "FILE", "the secret of the service; else TREATY_TOKEN",
     offsetof(send_options, token_file)},
    {"rate", OPTION_NUMBER, "N", "at most so many lines a second", offsetof(send_options, rate)},
    {"retry-for", OPTION_NUMBER, "SECONDS", "how long to wait for a service that is away (30)",
     offsetof(send_options, retry_for_s)},
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
  feed_place_in skip; /* lines of this file up to this one were sent by an earlier call */
  bool failed;        /* a file could not be read */

  held_line *lines; /* lines[first, count) are held */
  size_t first, sent, count, room;
  size_t held_bytes;
  line_client client;
  uint64_t acked;   /* of lines sent on this connection */
  int64_t began_ms; /* when sending began */

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
  send->file = feed_file_open(send->paths[send->path], LINE_BYTES_MAX, &error);
  if (!send->file) {
    tell_unread(send, error);
    send->path = send->path_count;
  }
  free(error);
  return send->file != NULL;
}

static void close_file(sending *send) {
  if (feed_file_error(send->file)) {
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

static void drop_lines(sending *send, size_t count) {
  for (; count > 0; count--) {
    held_line *line = &send->lines[send->first++];
    send->held_bytes -= line->length;
    send->taken++;
    free(line->bytes);
  }
}

/* The service has the lines up to the one it names; what it does not name is sent again. */
static void resume(sending *send) {
  const protocol_reply *reply = &send->reply;
  treaty_text source = {reply->source.bytes, reply->source.length};
  treaty_text id = {reply->id.bytes, reply->id.length};
  bool begun = send->file || send->path > 0 || send->count > 0;
  send->acked = 0;
  if (reply->resumes && !begun) {
    if (!feed_resume_find(send->paths, send->path_count, LINE_BYTES_MAX, source, id, &send->skip))
      send->skip = (feed_place_in){0};
  }
  for (size_t i = send->first; reply->resumes && i < send->count; i++)
    if (feed_resume_is((treaty_text){send->lines[i].bytes, send->lines[i].length}, source, id)) {
      drop_lines(send, i + 1 - send->first);
      break;
    }
  send->sent = send->first;
}

/* Connects and says hello. Gives EXIT_FINE, or the exit code that ends it all. */
static int connect_and_greet(sending *send) {
  /* From now: how long the feed was silent before says nothing about the service. */
  int64_t deadline_ms = line_client_now_ms() + (int64_t)send->options->retry_for_s * 1000;
  for (bool again = false;; again = true) {
    line_client_close(&send->client);
    if (again) poll(NULL, 0, LINE_CLIENT_PAUSE_MIN_MS);
    if (again && line_client_now_ms() >= deadline_ms) break;
    if (!line_client_connect(&send->client, &send->address, deadline_ms, &send->why)) break;
    protocol_put_hello(&send->client.out, &send->hello);
    buffer_clear(&send->why);
    buffer_print(&send->why, "it does not answer");
    if (!wait_for_reply(send)) continue;
    if (send->reply.kind == PROTOCOL_ACCEPTED) {
      resume(send);
      return EXIT_FINE;
    }
    progress_clear(&send->bar);
    say("the service at %s turns the feed away: %s", send->options->to,
        send->reply.kind == PROTOCOL_REJECTED ? send->reply.reason.bytes
                                              : "it does not speak this protocol");
    return EXIT_USAGE;
  }
  progress_clear(&send->bar);
  say("the service at %s is not reachable: %s", send->options->to, buffer_text(&send->why));
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

static bool is_live(const sending *send) {
  return send->path < send->path_count && strcmp(send->paths[send->path], "-") == 0;
}

/* Puts lines on the wire: held ones first. From standard input only one at a time: the next may be
 * long in coming, and what came before must not wait for it. */
static bool put_lines(sending *send) {
  uint64_t may = allowed(send);
  if (is_live(send) && may > 1) may = 1;
  for (; may > 0 && line_client_unsent(&send->client) < WINDOW_BYTES_MAX; may--) {
    if (send->sent == send->count && (send->held_bytes >= WINDOW_BYTES_MAX || !read_line(send)))
      return false;
    const held_line *line = &send->lines[send->sent++];
    buffer_put(&send->client.out, line->bytes, line->length);
  }
  return true;
}

static void tell_progress(sending *send) {
  uint64_t read = send->bytes_before + (send->file ? feed_file_bytes_read(send->file) : 0);
  progress_tell(&send->bar, send->taken, read, send->bytes_total);
}

static bool all_sent(const sending *send) {
  return !send->file && send->path == send->path_count && send->first == send->count;
}

static int send_all(sending *send) {
  int exit_code = connect_and_greet(send);
  while (exit_code == EXIT_FINE && !(have_file(send), all_sent(send))) {
    bool more = put_lines(send);
    tell_progress(send);
    int wait_ms = all_sent(send) || (more && send->options->rate == 0) ? 0
                  : send->options->rate                                ? 10
                                                                       : 200;
    bool there = line_client_turn(&send->client, wait_ms);
    take_replies(send);
    if ((!there || send->client.ended) && !all_sent(send)) exit_code = connect_and_greet(send);
  }
  return exit_code;
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

static bool prepare(sending *send, buffer *why) {
  const send_options *options = send->options;
  size_t length = strlen(options->name);
  if (!options->to)
    buffer_print(why, "where to? name the service's address with --to");
  else if (length == 0 || length > PROTOCOL_NAME_BYTES_MAX)
    buffer_print(why, "a feed's name has 1 to %d bytes", PROTOCOL_NAME_BYTES_MAX);
  if (why->length > 0 || !address_parse(options->to, &send->address, why)) return false;
  send->hello.role = PROTOCOL_FEED;
  memcpy(send->hello.name, options->name, length + 1);
  return token_read(options->token_file, send->hello.token, why);
}

static void tell_end(const sending *send) {
  char taken[TABLE_NUMBER_BYTES], refused[TABLE_NUMBER_BYTES], skipped[TABLE_NUMBER_BYTES];
  buffer line = {0};
  buffer_print(&line, "%s lines acknowledged, %s refused", table_number(send->taken, taken),
               table_number(send->refused, refused));
  if (send->skipped > 0)
    buffer_print(&line, "; %s were there already", table_number(send->skipped, skipped));
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
  send_options options = {.name = "send", .retry_for_s = RETRY_FOR_S_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_send, argc, argv, &options, &rest, &exit_code)) return exit_code;

  buffer why = {0};
  sending send = {.options = &options,
                  .paths = rest.arguments,
                  .path_count = rest.count,
                  .client = {.file = -1},
                  .bytes_total = total_bytes(rest.arguments, rest.count)};
  send.began_ms = line_client_now_ms();
  signal(SIGPIPE, SIG_IGN);
  progress_begin(&send.bar, true);
  exit_code = EXIT_USAGE;
  if (prepare(&send, &why)) {
    exit_code = send_all(&send);
    progress_clear(&send.bar);
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
        "input), and\n"
        "ends when the service has acknowledged all of them. A service that goes away is waited "
        "for,\n"
        "and sending goes on after the last line that it has; so does a later call under the same "
        "name.\n"
        "Lines that the service refuses are told on standard error.\n\n"
        "Exit code 0 when all lines are acknowledged, refused ones included; 2 when a file cannot "
        "be\n"
        "read or the service turns the feed away; 75 when it is not reachable.",
    .example =
        "treaty send web.ndjson.gz --to 127.0.0.1:7171 --name web\n"
        "tail -f events.ndjson | treaty send - --to 127.0.0.1:7171 --name live",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 1,
    .arguments_max = -1,
    .run = run_send,
};

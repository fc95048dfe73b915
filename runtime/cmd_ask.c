/* cmd_ask.c - `treaty ask TREATY FEED… --account ID`: what to find out next about an account. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/event_decode.h"
#include "runtime/output.h"
#include "runtime/progress.h"
#include "runtime/questions.h"
#include "runtime/replay.h"
#include "runtime/treaty_file.h"

typedef enum ask_format { FORMAT_TEXT = 1, FORMAT_JSON } ask_format;

typedef struct ask_options {
  unsigned format;
  const char *account;
  option_time until;
  uint64_t event_bytes_max;
  bool sort, as_if_in_force;
} ask_options;

static const option_row rows[] = {
    {"account", OPTION_TEXT, "ID", "about whom", offsetof(ask_options, account)},
    {"format", OPTION_CHOICE, "text|json", "a list for people, or one object",
     offsetof(ask_options, format)},
    {"until", OPTION_TIME, "TIME", "let time run on to it after the last event, as in `treaty run`",
     offsetof(ask_options, until)},
    {"sort", OPTION_FLAG, NULL, "put the events in order of time first",
     offsetof(ask_options, sort)},
    {"as-if-in-force", OPTION_FLAG, NULL,
     "judge by the newest version of each agreement, whatever its dates",
     offsetof(ask_options, as_if_in_force)},
    {"max-event-bytes", OPTION_NUMBER, "N", "refuse longer lines (131072)",
     offsetof(ask_options, event_bytes_max), EVENT_DECODE_LINE_BYTES_LIMIT},
};

typedef struct asking {
  treaty_text account;
  bool account_seen;
  progress bar;
} asking;

static void take_accepted(void *context, const treaty_event *event, uint64_t seq) {
  asking *ask = context;
  (void)seq;
  if (bytes_same(ask->account, event->account)) ask->account_seen = true;
}

static void take_progress(void *context, const replay_counts *counts, uint64_t bytes_read,
                          uint64_t bytes_total) {
  progress_tell(&((asking *)context)->bar, counts->accepted, bytes_read, bytes_total);
}

static int put_questions(const asking *ask, const treaty_program *program, treaty_engine *engine,
                         unsigned format) {
  size_t count;
  treaty_engine_account(engine, ask->account, &count);
  if (count == 0 && !ask->account_seen) {
    account_names_say_none(engine, ask->account);
    return EXIT_FINDINGS;
  }
  story story;
  output out;
  story_init(&story, program, ask->account);
  output_open(&out, STDOUT_FILENO);
  if (format == FORMAT_JSON)
    questions_json(&story, engine, &out.text);
  else
    questions_text(&story, engine, &out.text);
  story_free(&story);
  return output_close(&out, EXIT_FINE);
}

static int run_program(const treaty_program *program, const ask_options *options,
                       const options_rest *rest) {
  asking ask = {.account = {.bytes = options->account, .length = strlen(options->account)}};
  replay_options run = {.paths = rest->arguments + 1,
                        .path_count = rest->count - 1,
                        .line_bytes_max = options->event_bytes_max,
                        .sort = options->sort,
                        .as_if_in_force = options->as_if_in_force,
                        .until_ms = option_time_ms(&options->until, program),
                        .accepted = take_accepted,
                        .progress = take_progress,
                        .context = &ask};
  replay replay;
  progress_begin(&ask.bar, true);
  int exit_code = replay_run(program, &run, &replay);
  progress_clear(&ask.bar);
  uint64_t refused = replay.counts.refused;
  if (exit_code == EXIT_FINE && refused > 0)
    say("of the feed %" PRIu64 " %s refused; `treaty run` shows %s", refused,
        refused == 1 ? "line was" : "lines were", refused == 1 ? "it" : "them");
  if (exit_code == EXIT_FINE)
    exit_code = put_questions(&ask, program, replay.engine, options->format);
  replay_close(&replay);
  return exit_code;
}

static int run_ask(int argc, char **argv) {
  ask_options options = {.format = FORMAT_TEXT, .event_bytes_max = EVENT_DECODE_LINE_BYTES_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_ask, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (!options.account) {
    say("ask wants --account ID; see `treaty help ask`");
    return EXIT_USAGE;
  }
  if (!treaty_file_is_apart(rest.arguments[0], rest.arguments + 1, rest.count - 1))
    return EXIT_USAGE;
  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE) exit_code = run_program(file.program, &options, &rest);
  treaty_file_close(&file);
  return exit_code;
}

const command command_ask = {
    .name = "ask",
    .arguments = "TREATY FEED… --account ID",
    .summary = "tell what to find out next about an account, and what that would decide",
    .text =
        "Runs the feed as `treaty run` does. Of each open lead those facts are told that nobody "
        "knows and that could bring a clause of its stage nearer: first what a clause lacks alone, "
        "then what leaves least missing beside it. Whether it does, the answer decides.\n\n"
        "Exit code 1 when no event is for the account or the treaty does not check, 2 when a file "
        "cannot be read.",
    .example = "treaty ask desk.treaty last_quarter.ndjson.gz --account acme",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 2,
    .arguments_max = -1,
    .run = run_ask,
};

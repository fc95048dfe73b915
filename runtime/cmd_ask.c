/* cmd_ask.c - `treaty ask TREATY FEED… --account ID`: what to find out next about an account; with
 * --contact, whether and when it may be contacted. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/contacts.h"
#include "runtime/event_decode.h"
#include "runtime/output.h"
#include "runtime/progress.h"
#include "runtime/questions.h"
#include "runtime/replay.h"
#include "runtime/treaty_file.h"

typedef enum ask_format { FORMAT_TEXT = 1, FORMAT_JSON } ask_format;

typedef struct ask_options {
  unsigned format;
  const char *account, *person, *party;
  option_time until;
  uint64_t event_bytes_max;
  bool sort, as_if_in_force, contact;
} ask_options;

static const option_row rows[] = {
    {"account", OPTION_TEXT, "ID", "about whom", offsetof(ask_options, account)},
    {"contact", OPTION_FLAG, NULL, "tell whether there may be a contact now, and if not, when",
     offsetof(ask_options, contact)},
    {"party", OPTION_TEXT, "NAME", "with --contact: by whom (each party that makes contacts)",
     offsetof(ask_options, party)},
    {"person", OPTION_TEXT, "ID", "with --contact: with whom (the account, and each of its people)",
     offsetof(ask_options, person)},
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

static treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = text ? strlen(text) : 0};
}

static void put_answer(const ask_options *options, const story *story, treaty_engine *engine,
                       buffer *out) {
  contacts asked = {.story = story, .party = options->party, .person = text_of(options->person)};
  bool json = options->format == FORMAT_JSON;
  if (options->contact)
    (json ? contacts_json : contacts_text)(&asked, engine, out);
  else
    (json ? questions_json : questions_text)(story, engine, out);
}

static int put_answers(const asking *ask, const treaty_program *program, treaty_engine *engine,
                       const ask_options *options) {
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
  put_answer(options, &story, engine, &out.text);
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
  if (exit_code == EXIT_FINE) exit_code = put_answers(&ask, program, replay.engine, options);
  replay_close(&replay);
  return exit_code;
}

static int run_ask(int argc, char **argv) {
  ask_options options = {.format = FORMAT_TEXT, .event_bytes_max = EVENT_DECODE_LINE_BYTES_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_ask, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (!options.account || ((options.party || options.person) && !options.contact)) {
    say(options.account ? "--party and --person go with --contact; see `treaty help ask`"
                        : "ask wants --account ID; see `treaty help ask`");
    return EXIT_USAGE;
  }
  if (!treaty_file_is_apart(rest.arguments[0], rest.arguments + 1, rest.count - 1))
    return EXIT_USAGE;
  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE && options.party && !contacts_knows(file.program, options.party))
    exit_code = EXIT_USAGE;
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
        "With --contact it tells whether each party that makes contacts may contact the account "
        "and "
        "each of its people now; if not, when, and which clause does not allow it. 'Not before' "
        "holds "
        "if nothing happens until then.\n\n"
        "Exit code 1 when no event is for the account or the treaty does not check, 2 when a file "
        "cannot be read.",
    .example = "treaty ask desk.treaty last_quarter.ndjson.gz --account acme",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 2,
    .arguments_max = -1,
    .run = run_ask,
};

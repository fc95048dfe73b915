/* cmd_ask.c - `treaty ask TREATY FEED… --account ID`: what to find out next about an account; with
 * --contact, whether and when it may be contacted. */
#include <string.h>
#include <unistd.h>

#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/contacts.h"
#include "runtime/dry_run.h"
#include "runtime/output.h"
#include "runtime/questions.h"
#include "runtime/treaty_file.h"

typedef enum ask_format { FORMAT_TEXT = 1, FORMAT_JSON } ask_format;

typedef struct ask_options {
  unsigned format;
  const char *account, *person, *party;
  bool contact;
  dry_run_options run;
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
    DRY_RUN_ROWS(ask_options, run),
};

static void take_accepted(void *context, const treaty_event *event, uint64_t seq) {
  (void)seq;
  dry_run_takes(context, event);
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

static int put_answers(const dry_run *ask, const treaty_program *program, treaty_engine *engine,
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
  dry_run ask = {.account = text_of(options->account)};
  replay_options run =
      dry_run_replay(&options->run, program, rest->arguments + 1, rest->count - 1, &ask);
  run.accepted = take_accepted;
  replay replay;
  progress_begin(&ask.bar, true);
  int exit_code = replay_run(program, &run, &replay);
  progress_clear(&ask.bar);
  if (exit_code == EXIT_FINE) dry_run_say_refused(&replay.counts);
  if (exit_code == EXIT_FINE) exit_code = put_answers(&ask, program, replay.engine, options);
  replay_close(&replay);
  return exit_code;
}

static int run_ask(int argc, char **argv) {
  ask_options options = {.format = FORMAT_TEXT, .run = DRY_RUN_OPTIONS};
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

/* cmd_run.c - `treaty run TREATY FEED…`: what a treaty would have decided on a feed.
 *
 * Decisions go to standard output as they come; refused lines to standard error, and at the end
 * what was refused, late or repeated. The same files give the same bytes, but for events later than
 * the wall clock, which are refused. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grammar/civil.h"
#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/decision_json.h"
#include "runtime/dry_run.h"
#include "runtime/feed_resume.h"
#include "runtime/output.h"
#include "runtime/protocol.h"
#include "runtime/replay_notes.h"
#include "runtime/store_fill.h"
#include "runtime/summary.h"
#include "runtime/terminal.h"
#include "runtime/treaty_file.h"

typedef enum run_format { FORMAT_NONE, FORMAT_TEXT, FORMAT_JSON } run_format;

typedef struct run_options {
  unsigned format;
  const char *account, *by, *store, *name;
  bool quiet, summary, stats;
  dry_run_options run;
} run_options;

static const option_row rows[] = {
    {"format", OPTION_CHOICE, "text|json",
     "a readable line a decision, or a CloudEvent; text is the default on a terminal and for "
     "--summary",
     offsetof(run_options, format)},
    {"summary", OPTION_FLAG, NULL, "instead of the decisions, tables of what came of them",
     offsetof(run_options, summary)},
    {"by", OPTION_TEXT, "FIELD",
     "split the summary by a field, definition or criterion of the leads; wants --summary",
     offsetof(run_options, by)},
    {"account", OPTION_TEXT, "ID", "only the decisions and leads of this account",
     offsetof(run_options, account)},
    {"quiet", OPTION_FLAG, NULL,
     "neither decisions nor refused lines, only their numbers at the end",
     offsetof(run_options, quiet)},
    {"stats", OPTION_FLAG, NULL, "say at the end how much memory the state of the leads takes",
     offsetof(run_options, stats)},
    {"store", OPTION_TEXT, "FOLDER",
     "fill a new store with events and decisions, for `treaty serve` to go on from",
     offsetof(run_options, store)},
    {"name", OPTION_TEXT, "NAME",
     "the name of the feed in that store, under which `treaty send` goes on "
     "(" PROTOCOL_NAME_DEFAULT ")",
     offsetof(run_options, name)},
    DRY_RUN_ROWS(run_options, run),
};

/* A run on its way. */
typedef struct showing {
  dry_run run;
  const run_options *options;
  const treaty_program *program;
  const char *const *paths;
  run_format format; /* of decisions; NONE: not printed */
  output out, errors;
  summary *summary;
  bool by_checked; /* that leads have such a field */
  bool no_such_field;
  store_fill *fill; /* NULL: no store is filled */
  int64_t clock_ms; /* of the last record in it */
  uint64_t record;  /* its number, and where its line came from */
  const char *path;
  uint64_t line_number;
  bool fill_failed;  /* and that was said */
  feed_place_in end; /* the first line that lies in the future; {SIZE_MAX, 0}: there is none */
} showing;

/* ---- As it runs ------------------------------------------------------------------------------ */

static bool is_wanted(const showing *show, const treaty_decision *decision) {
  return !show->run.account.bytes || bytes_same(show->run.account, decision->account);
}

static void show_decision(showing *show, const treaty_decision *decision) {
  if (show->summary) summary_add(show->summary, decision);
  if (show->format == FORMAT_NONE) return;
  if (show->format == FORMAT_JSON)
    decision_json(&show->out.text, decision);
  else
    decision_text(&show->out.text, show->program, decision);
  buffer_put(&show->out.text, "\n", 1);
}

/* A name that no lead has is told at the first lead, not after the whole feed. */
static bool check_field(showing *show, treaty_engine *engine, treaty_text account) {
  size_t count;
  const treaty_lead *leads = treaty_engine_account(engine, account, &count);
  if (count == 0) return true;
  show->by_checked = true;
  show->no_such_field = !treaty_engine_value(engine, &leads[0], show->options->by);
  return !show->no_such_field;
}

/* What a store is filled with is told to the store alone: all accounts, shown or not. */
static bool fill_step(showing *show) {
  buffer why = {0};
  bool written = store_fill_step(show->fill, &why);
  if (!written) {
    say("%s", buffer_text(&why));
    show->out.ended = true;
    show->fill_failed = true;
  }
  buffer_free(&why);
  return written;
}

static bool take_record(void *context, const feed_merge_item *item, int64_t clock_ms) {
  showing *show = context;
  show->clock_ms = clock_ms;
  if (!item) {
    store_fill_tick(show->fill, clock_ms);
    return true;
  }
  show->record = store_fill_event(show->fill, clock_ms, item->line);
  show->path = item->path;
  show->line_number = item->line_number;
  return fill_step(show);
}

/* What lies in the future of a run is to be sent when its time has come. */
static void end_before(showing *show, const feed_merge_item *item) {
  size_t path = 0;
  while (strcmp(show->paths[path], item->path) != 0) path++;
  if (path > show->end.path ||
      (path == show->end.path && item->line_number > show->end.line_number))
    return;
  show->end = (feed_place_in){path, item->line_number};
}

/* A line that became a record was refused by the engine: a replay of the store refuses it again. */
static void fill_refused(showing *show, const feed_merge_item *item,
                         const treaty_refusal *refusal) {
  bool recorded = item->path == show->path && item->line_number == show->line_number;
  store_fill_refused(show->fill, (store_refused){.record = recorded ? show->record : 0,
                                                 .line_number = item->line_number,
                                                 .received_ms = show->clock_ms,
                                                 .source = item->source,
                                                 .id = item->id,
                                                 .line = item->line,
                                                 .refusal = refusal});
  if (refusal->code == TREATY_FUTURE_TIME) end_before(show, item);
}

static bool take_decisions(void *context, treaty_engine *engine, const treaty_decision *decisions,
                           size_t count) {
  showing *show = context;
  for (size_t i = 0; i < count; i++)
    if (is_wanted(show, &decisions[i])) show_decision(show, &decisions[i]);
  for (size_t i = 0; i < count && show->fill; i++) store_fill_decision(show->fill, &decisions[i]);
  if (show->options->by && !show->by_checked && !check_field(show, engine, decisions[0].account))
    return false;
  return output_turn(&show->out);
}

static void take_accepted(void *context, const treaty_event *event, uint64_t seq) {
  (void)seq;
  dry_run_takes(context, event);
}

static void take_refused(void *context, const feed_merge_item *item,
                         const treaty_refusal *refusal) {
  showing *show = context;
  buffer *out = &show->errors.text;
  if (show->fill) fill_refused(show, item, refusal);
  if (show->options->quiet) return;
  terminal_put_text(out, (treaty_text){.bytes = item->path, .length = strlen(item->path)});
  buffer_print(out, ":%" PRIu64 ": refused %s: ", item->line_number,
               treaty_refusal_word(refusal->code));
  terminal_put_text(out,
                    (treaty_text){.bytes = refusal->reason, .length = strlen(refusal->reason)});
  buffer_put(out, "\n", 1);
  if (show->errors.live) progress_clear(&show->run.bar);
  output_turn(&show->errors);
}

/* ---- At the end ------------------------------------------------------------------------------ */

/* Gives an exit code. */
static int show_summary(showing *show, const treaty_program *program, replay *replay) {
  if (show->no_such_field || !summary_finish(show->summary, replay->engine, show->run.account)) {
    say("leads have no '%s' to split the summary by", show->options->by);
    return EXIT_USAGE;
  }
  if (show->options->format == FORMAT_JSON)
    summary_json(show->summary, program, &replay->counts, &show->out.text);
  else
    summary_text(show->summary, program, &replay->counts, &show->out.text);
  return EXIT_FINE;
}

static void fill_place(showing *show, const options_rest *feeds) {
  buffer source = {0}, id = {0};
  feed_prefix prefix = feed_resume_sent(
      feeds->arguments, feeds->count, show->options->run.event_bytes_max, show->end, &source, &id);
  store_fill_place(show->fill, (treaty_text){buffer_text(&source), source.length},
                   (treaty_text){buffer_text(&id), id.length}, prefix);
  buffer_free(&source);
  buffer_free(&id);
}

/* A store is only given free when the whole run is in it. Gives an exit code. */
static int finish_fill(showing *show, treaty_engine *engine, const options_rest *feeds) {
  buffer why = {0};
  if (show->fill_failed) return EXIT_USAGE;
  if (show->out.ended) {
    buffer_print(&why, "the run ended early, so the store cannot be used");
  } else {
    fill_place(show, feeds);
    if (store_fill_finish(show->fill, engine, &why)) return EXIT_FINE;
  }
  say("%s", buffer_text(&why));
  buffer_free(&why);
  return EXIT_USAGE;
}

/* False: a sentence said why not. */
static bool open_fill(showing *show, const treaty_file *file) {
  const run_options *options = show->options;
  buffer why = {0};
  if (!options->store) return true;
  size_t name_length = strlen(options->name);
  if (name_length == 0 || name_length > PROTOCOL_NAME_BYTES_MAX)
    buffer_print(&why, "a feed's name has 1 to %d bytes", PROTOCOL_NAME_BYTES_MAX);
  else if (options->run.as_if_in_force)
    buffer_print(&why,
                 "a store is not filled by a draft: --store and --as-if-in-force exclude each "
                 "other");
  else
    show->fill = store_fill_open(options->store, options->name, file, &why);
  if (!show->fill) say("%s", buffer_text(&why));
  buffer_free(&why);
  return show->fill != NULL;
}

static void tell_state(buffer *errors, const treaty_engine *engine) {
  treaty_counts counts = treaty_engine_counts(engine);
  size_t bytes = treaty_engine_bytes(engine);
  buffer_print(errors,
               "%llu accounts, %llu persons, %llu leads, %llu of them open\n"
               "state: %llu bytes a lead, %llu in all\n",
               (unsigned long long)counts.accounts, (unsigned long long)counts.persons,
               (unsigned long long)counts.leads, (unsigned long long)counts.open_leads,
               (unsigned long long)(counts.leads ? bytes / counts.leads : 0),
               (unsigned long long)bytes);
}

/* An account without a lead may still have been taught something. Gives an exit code. */
static int look_for_account(const showing *show, const replay *replay) {
  size_t leads;
  treaty_engine_account(replay->engine, show->run.account, &leads);
  if (show->run.account_seen || leads > 0 || show->out.ended) return EXIT_FINE;
  account_names_say_none(replay->engine, show->run.account);
  return EXIT_FINDINGS;
}

static int larger(int a, int b) { return a > b ? a : b; }

static int run_program(showing *show, const treaty_program *program, const options_rest *feeds) {
  const run_options *options = show->options;
  replay_options run =
      dry_run_replay(&options->run, program, feeds->arguments, feeds->count, &show->run);
  run.decided = take_decisions;
  run.recorded = show->fill ? take_record : NULL;
  run.accepted = show->run.account.bytes ? take_accepted : NULL;
  run.refused = take_refused;
  replay replay;
  progress_begin(&show->run.bar, show->format == FORMAT_NONE || !show->out.live);
  int exit_code = replay_run(program, &run, &replay);
  progress_clear(&show->run.bar);
  if (show->summary && replay.engine && exit_code == EXIT_FINE)
    exit_code = show_summary(show, program, &replay);
  if (show->fill && replay.engine && exit_code == EXIT_FINE)
    exit_code = finish_fill(show, replay.engine, feeds);
  if (show->run.account.bytes && exit_code == EXIT_FINE)
    exit_code = look_for_account(show, &replay);
  if (!show->out.ended) replay_notes(&show->errors.text, &replay.counts);
  if (options->stats && replay.engine) tell_state(&show->errors.text, replay.engine);
  replay_close(&replay);
  return exit_code;
}

static run_format format_of(const run_options *options) {
  if (options->summary || options->quiet) return FORMAT_NONE;
  if (options->format != 0) return (run_format)options->format;
  return isatty(STDOUT_FILENO) == 1 ? FORMAT_TEXT : FORMAT_JSON;
}

static int run_run(int argc, char **argv) {
  run_options options = {.name = PROTOCOL_NAME_DEFAULT, .run = DRY_RUN_OPTIONS};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_run, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (options.by && !options.summary) {
    say("--by splits the summary: it wants --summary");
    return EXIT_USAGE;
  }
  options_rest feeds = {.arguments = rest.arguments + 1, .count = rest.count - 1};
  if (!treaty_file_is_apart(rest.arguments[0], feeds.arguments, feeds.count)) return EXIT_USAGE;

  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE) {
    showing show = {.options = &options,
                    .format = format_of(&options),
                    .program = file.program,
                    .paths = feeds.arguments,
                    .end = {SIZE_MAX, 0}};
    if (options.account)
      show.run.account = (treaty_text){.bytes = options.account, .length = strlen(options.account)};
    if (options.summary) show.summary = summary_new(options.by);
    output_open(&show.out, STDOUT_FILENO);
    output_open(&show.errors, STDERR_FILENO);
    exit_code = open_fill(&show, &file) ? run_program(&show, file.program, &feeds) : EXIT_USAGE;
    exit_code = output_close(&show.out, exit_code);
    exit_code = larger(exit_code, output_close(&show.errors, EXIT_FINE));
    summary_free(show.summary);
    store_fill_free(show.fill);
  }
  treaty_file_close(&file);
  return exit_code;
}

const command command_run = {
    .name = "run",
    .arguments = "TREATY FEED…",
    .summary = "decide a feed from files, as a dry run",
    .text =
        "Feeds are CloudEvents, one JSON object a line, plain or gzip; - is standard input. "
        "Several are merged by the time of their events. The clock follows the events; it ends "
        "with the last one, or with --until.\n\n"
        "Decisions go to standard output, in order; lines that were refused to standard error, "
        "with file, line, code and reason. They do not change the exit code: 0 when the run came "
        "to its end, 1 when the treaty does not check or no event is for the --account, 2 when a "
        "file cannot be read.",
    .example =
        "treaty run desk.treaty last_quarter.ndjson.gz\n"
        "treaty run desk.treaty web.ndjson crm.ndjson --until 2026-12-31 --format json\n"
        "treaty run draft.treaty q3.ndjson.gz --as-if-in-force --summary --by lead.segment",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 2,
    .arguments_max = -1,
    .run = run_run,
};

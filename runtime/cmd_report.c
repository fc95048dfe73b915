/* cmd_report.c - `treaty report TREATY FEED…`, `treaty report --store FOLDER`: how the parties have
 * kept to their agreement, from a run over a feed or from what a service has decided. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/dry_run.h"
#include "runtime/output.h"
#include "runtime/replay_notes.h"
#include "runtime/report.h"
#include "runtime/store_view.h"
#include "runtime/programs.h"

typedef enum report_format { FORMAT_TEXT = 1, FORMAT_CSV, FORMAT_JSON } report_format;

typedef struct report_options {
  unsigned format;
  const char *by, *account, *store;
  option_time from, to;
  bool quiet;
  dry_run_options run;
} report_options;

static const option_row rows[] = {
    {"by", OPTION_TEXT, "PARTS",
     "a row for each of what is named here: agreement, version, party, rep, clause, what, month "
     "(" REPORT_BY_DEFAULT ")",
     offsetof(report_options, by)},
    {"from", OPTION_TIME, "TIME", "only what began then or later; a date means its beginning",
     offsetof(report_options, from)},
    {"to", OPTION_TIME, "TIME", "only what began then or earlier; a date means its end",
     offsetof(report_options, to)},
    {"format", OPTION_CHOICE, "text|csv|json", "tables for people, RFC 4180, or one object (text)",
     offsetof(report_options, format)},
    {"store", OPTION_TEXT, "FOLDER",
     "report what is in this store, while a service runs or not; no treaty and no feed then",
     offsetof(report_options, store)},
    {"account", OPTION_TEXT, "ID", "only this account", offsetof(report_options, account)},
    {"quiet", OPTION_FLAG, NULL, "say nothing of refused, late and repeated lines",
     offsetof(report_options, quiet)},
    DRY_RUN_ROWS(report_options, run),
};

/* A report that is being made. */
typedef struct making {
  dry_run run;
  report report;
  uint64_t count, last_seq; /* of a store: decisions read, and where they end */
} making;

static void take_decision(making *make, const treaty_decision *decision) {
  if (make->run.account.bytes && !bytes_same(make->run.account, decision->account)) return;
  make->run.account_seen = true;
  report_add(&make->report, decision);
}

static void take_event(void *context, const treaty_event *event) {
  making *make = context;
  if (dry_run_takes(&make->run, event)) report_add_event(&make->report, event);
}

/* ---- From a feed ----------------------------------------------------------------------------- */

static bool take_decisions(void *context, treaty_engine *engine, const treaty_decision *decisions,
                           size_t count) {
  (void)engine;
  for (size_t i = 0; i < count; i++) take_decision(context, &decisions[i]);
  return true;
}

static void take_accepted(void *context, const treaty_event *event, uint64_t seq) {
  (void)seq;
  take_event(context, event);
}

static void tell_notes(const replay_counts *counts) {
  output errors;
  output_open(&errors, STDERR_FILENO);
  replay_notes(&errors.text, counts);
  output_close(&errors, EXIT_FINE);
}

static int run_feed(making *make, const report_options *options, const options_rest *rest) {
  const treaty_program *program = make->report.program;
  replay_options run =
      dry_run_replay(&options->run, program, rest->arguments + 1, rest->count - 1, &make->run);
  run.decided = take_decisions;
  run.accepted = take_accepted;
  replay replay;
  int exit_code = replay_run(program, &run, &replay);
  progress_clear(&make->run.bar);
  if (exit_code == EXIT_FINE && make->run.account.bytes && !make->run.account_seen) {
    account_names_say_none(replay.engine, make->run.account);
    exit_code = EXIT_FINDINGS;
  }
  if (exit_code == EXIT_FINE && !options->quiet) tell_notes(&replay.counts);
  replay_close(&replay);
  return exit_code;
}

/* ---- From a store ---------------------------------------------------------------------------- */

static void take_stored(void *context, const treaty_decision *decision) {
  making *make = context;
  take_decision(make, decision);
  if (++make->count % 4096 == 0)
    progress_tell(&make->run.bar, make->count, decision->seq, make->last_seq);
}

/* The log is read only where something in it counts. */
static bool read_contacts(making *make, store_view *view, buffer *why) {
  const treaty_program *program = make->report.program;
  size_t count = treaty_program_event_type_count(program), at = 0;
  while (at < count && !treaty_program_event_type_at(program, at)->contact) at++;
  return at == count || store_view_events(view, program, take_event, make, why);
}

static int read_store(making *make, const report_options *options, store_view *view) {
  buffer why = {0};
  size_t kind_count;
  const treaty_decision_kind *kinds = report_kinds(&kind_count);
  make->last_seq = store_view_last_seq(view);
  bool read = read_contacts(make, view, &why) &&
              store_view_decisions(view, kinds, kind_count, take_stored, make, &why);
  progress_clear(&make->run.bar);
  if (!read) say("%s", buffer_text(&why));
  buffer_free(&why);
  if (!read) return EXIT_USAGE;
  if (!make->run.account.bytes || make->run.account_seen) return EXIT_FINE;
  say("the store has nothing of the account '%s' that a report tells", options->account);
  return EXIT_FINDINGS;
}

/* ---- Together -------------------------------------------------------------------------------- */

static void put_report(const report *report, unsigned format, buffer *out) {
  switch ((report_format)format) {
    case FORMAT_TEXT: report_text(report, out); return;
    case FORMAT_CSV: report_csv(report, out); return;
    case FORMAT_JSON: report_json(report, out); return;
  }
  assert(!"a format that is none");
}

static int print_report(report *report, unsigned format) {
  output out;
  report_finish(report);
  output_open(&out, STDOUT_FILENO);
  put_report(report, format, &out.text);
  return output_close(&out, EXIT_FINE);
}

/* Of the feed, or where there is a view, of the store. */
static int make_report(const treaty_program *program, const report_options *options,
                       const report_by *by, const options_rest *rest, store_view *view) {
  int64_t from_ms = option_time_first_ms(&options->from, program);
  int64_t to_ms = option_time_ms(&options->to, program);
  if (from_ms != TREATY_NEVER && from_ms > to_ms) {
    say("--from lies behind --to: no time is between them");
    return EXIT_USAGE;
  }
  making make = {.report = {.program = program,
                            .by = *by,
                            .from_ms = from_ms == TREATY_NEVER ? INT64_MIN : from_ms,
                            .to_ms = to_ms}};
  if (options->account)
    make.run.account = (treaty_text){options->account, strlen(options->account)};
  report_begin(&make.report);
  progress_begin(&make.run.bar, true);
  int exit_code = view ? read_store(&make, options, view) : run_feed(&make, options, rest);
  if (exit_code == EXIT_FINE) exit_code = print_report(&make.report, options->format);
  report_close(&make.report);
  return exit_code;
}

static int report_feed(const report_options *options, const report_by *by,
                       const options_rest *rest) {
  if (!treaty_file_is_apart(rest->arguments[0], rest->arguments + 1, rest->count - 1))
    return EXIT_USAGE;
  treaty_file file;
  int exit_code = treaty_file_load(rest->arguments[0], &file);
  if (exit_code == EXIT_FINE) exit_code = make_report(file.program, options, by, rest, NULL);
  treaty_file_close(&file);
  return exit_code;
}

static int report_store(const report_options *options, const report_by *by) {
  buffer why = {0};
  treaty_file file = {0};
  int exit_code = EXIT_USAGE;
  store_view *view = store_view_open(options->store, &why);
  if (view && programs_view(view, &file, &why) && treaty_file_compile(&file, &why))
    exit_code = make_report(file.program, options, by, NULL, view);
  else
    say("%s", buffer_text(&why));
  treaty_file_close(&file);
  store_view_close(view);
  buffer_free(&why);
  return exit_code;
}

/* False: a sentence said what does not go together. */
static bool is_one_source(const report_options *options, const options_rest *rest) {
  const dry_run_options *run = &options->run;
  bool of_feed = run->until.kind != OPTION_TIME_NONE || run->sort || run->as_if_in_force;
  if (!options->store && rest->count < 2)
    say("report wants a treaty and a feed, or --store FOLDER; see `treaty help report`");
  else if (options->store && rest->count > 0)
    say("a report is of a store or of a feed: --store wants no '%s'", rest->arguments[0]);
  else if (options->store && of_feed)
    say("--until, --sort and --as-if-in-force are for a feed: what a store holds is decided");
  else
    return true;
  return false;
}

static int run_report(int argc, char **argv) {
  report_options options = {.format = FORMAT_TEXT, .by = REPORT_BY_DEFAULT, .run = DRY_RUN_OPTIONS};
  options_rest rest;
  report_by by;
  int exit_code;
  if (!options_read(&command_report, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (!is_one_source(&options, &rest) || !report_by_read(&by, options.by)) return EXIT_USAGE;
  return options.store ? report_store(&options, &by) : report_feed(&options, &by, &rest);
}

const command command_report = {
    .name = "report",
    .arguments = "TREATY FEED… | --store FOLDER",
    .summary = "tell how the parties have kept to their agreement, month by month",
    .text =
        "Of each hand-over: whether it was accepted or rejected, and why; whether the answer was "
        "given in time, late or never; and how long it took, in open hours and on the wall clock. "
        "The same of what is owed, and how long clocks stood still, by whose event. Beside that "
        "what people decided, quotas, contacts, and those that a clause does not allow. All that "
        "became of a hand-over stands in the month in which it was offered, in the treaty's zone. "
        "docs/operations.md says what each column counts.\n\n"
        "From a feed, or from what a service has decided (--store). Exit code 1 when the treaty "
        "does not check or nothing is known of the --account, 2 when something cannot be read.",
    .example =
        "treaty report desk.treaty last_quarter.ndjson.gz --from 2026-07-01 --to 2026-09-30\n"
        "treaty report --store /var/lib/treaty --by party,month --format csv > report.csv",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_max = -1,
    .run = run_report,
};

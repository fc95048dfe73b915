/* cmd_why.c - `treaty why TREATY FEED… ACCOUNT`: why one account stands where it stands. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/account_names.h"
#include "runtime/commands.h"
#include "runtime/dry_run.h"
#include "runtime/not_yet.h"
#include "runtime/output.h"
#include "runtime/story.h"
#include "runtime/treaty_file.h"

typedef enum why_format { FORMAT_TEXT = 1, FORMAT_JSON } why_format;

typedef struct why_options {
  unsigned format;
  const char *not_at;
  dry_run_options run;
} why_options;

static const option_row rows[] = {
    {"format", OPTION_CHOICE, "text|json", "a story for people, or one object",
     offsetof(why_options, format)},
    {"not", OPTION_TEXT, "STAGE",
     "instead of the story: what is missing for the leads to reach this stage, and whether time "
     "alone will bring them there",
     offsetof(why_options, not_at)},
    DRY_RUN_ROWS(why_options, run),
};

typedef struct telling {
  dry_run run;
  story story;
} telling;

static bool take_decisions(void *context, treaty_engine *engine, const treaty_decision *decisions,
                           size_t count) {
  (void)engine;
  telling *tell = context;
  for (size_t i = 0; i < count; i++) story_add_decision(&tell->story, &decisions[i]);
  return true;
}

static void take_event(void *context, const treaty_event *event, uint64_t seq) {
  story_add_event(&((telling *)context)->story, event, seq);
}

static bool is_known(const story *story, treaty_engine *engine) {
  size_t count;
  if (story->some_event || story->decision_count > 0) return true;
  treaty_engine_account(engine, story->account, &count);
  return count > 0;
}

/* Gives an exit code. */
static int put_answer(const story *story, const why_options *options, treaty_engine *engine,
                      buffer *out) {
  bool json = options->format == FORMAT_JSON, done = true;
  not_yet asked = {.story = story, .engine = engine, .stage = options->not_at};
  if (options->not_at)
    done = json ? not_yet_json(&asked, out) : not_yet_text(&asked, out);
  else if (json)
    story_json(story, engine, out);
  else
    story_text(story, engine, out);
  if (!done) say("there is not enough memory to let time run on");
  return done ? EXIT_FINE : EXIT_USAGE;
}

static int tell_story(const telling *tell, const why_options *options, const replay *replay) {
  const story *story = &tell->story;
  dry_run_say_refused(&replay->counts);
  if (!is_known(story, replay->engine)) {
    account_names_say_none(replay->engine, story->account);
    return EXIT_FINDINGS;
  }
  output out;
  output_open(&out, STDOUT_FILENO);
  int exit_code = put_answer(story, options, replay->engine, &out.text);
  return output_close(&out, exit_code);
}

/* A pipe does not, by whatever name it goes. */
static bool can_read_again(const replay_options *run) {
  struct stat file;
  for (size_t i = 0; i < run->path_count; i++) {
    if (stat(run->paths[i], &file) != 0 || !S_ISREG(file.st_mode)) return false;
  }
  return true;
}

/* Once more where the run tells of events whose account is this one now; from a pipe, they stay
 * unnamed. */
static int run_whole(const treaty_program *program, const replay_options *run, telling *tell,
                     replay *replay) {
  int exit_code = replay_run(program, run, replay);
  while (exit_code == EXIT_FINE && tell->story.is_partial && can_read_again(run)) {
    replay_close(replay);
    story_begin_again(&tell->story);
    exit_code = replay_run(program, run, replay);
  }
  return exit_code;
}

static int run_program(const treaty_program *program, const why_options *options,
                       const options_rest *rest) {
  const char *account = rest->arguments[rest->count - 1];
  telling tell = {0};
  if (options->not_at && !not_yet_knows(program, options->not_at)) return EXIT_USAGE;
  story_init(&tell.story, program, (treaty_text){.bytes = account, .length = strlen(account)});
  replay_options run =
      dry_run_replay(&options->run, program, rest->arguments + 1, rest->count - 2, &tell.run);
  run.keeps_points = true;
  run.decided = take_decisions;
  run.accepted = take_event;
  replay replay;
  progress_begin(&tell.run.bar, true);
  int exit_code = run_whole(program, &run, &tell, &replay);
  progress_clear(&tell.run.bar);
  if (exit_code == EXIT_FINE) exit_code = tell_story(&tell, options, &replay);
  replay_close(&replay);
  story_free(&tell.story);
  return exit_code;
}

static int run_why(int argc, char **argv) {
  why_options options = {.format = FORMAT_TEXT, .run = DRY_RUN_OPTIONS};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_why, argc, argv, &options, &rest, &exit_code)) return exit_code;
  if (!treaty_file_is_apart(rest.arguments[0], rest.arguments + 1, rest.count - 2))
    return EXIT_USAGE;

  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE) exit_code = run_program(file.program, &options, &rest);
  treaty_file_close(&file);
  return exit_code;
}

const command command_why = {
    .name = "why",
    .arguments = "TREATY FEED… ACCOUNT",
    .summary = "tell the decisions of one account as a story, and what is missing",
    .text =
        "Runs the feed as `treaty run` does. Each decision comes with its clause, the facts and "
        "the event behind it, the parts of each score, and for a deadline the hours that counted. "
        "At the end stands what is "
        "still open, what is missing for the next step, and when time alone could change it.\n\n"
        "With --not STAGE the nearest way to a stage is told, and what is missing on it: the "
        "conditions that do not hold, the events and times that have not come. What time alone "
        "will do is found by letting the treaty run on for five years without any event.\n\n"
        "Exit code 1 when no event is for the account or the treaty does not check, 2 when a file "
        "cannot be read.",
    .example =
        "treaty why desk.treaty last_quarter.ndjson.gz acme\n"
        "treaty why desk.treaty last_quarter.ndjson.gz acme --not customer",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 3,
    .arguments_max = -1,
    .run = run_why,
};

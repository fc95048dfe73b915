/* replay.c - see replay.h. */
#include "runtime/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/buffer.h"
#include "runtime/output.h"
#include "runtime/recall.h"
#include "runtime/wall_clock.h"

/* A run on its way. */
typedef struct running {
  const replay_options *options;
  replay *result;
  int64_t now_ms; /* when the wall clock was last looked at */
  bool stopped;   /* a callback wants no more, or the run has failed */
  bool failed;    /* and it was told why */
} running;

static void pass_progress(void *context, uint64_t bytes_read, uint64_t bytes_total) {
  running *run = context;
  run->options->progress(run->options->context, &run->result->counts, bytes_read, bytes_total);
}

static void expect(void *context, const treaty_event *const *events, size_t count) {
  const running *run = context;
  treaty_engine_expect(run->result->engine, events, count);
}

static void refuse(running *run, const feed_merge_item *item, const treaty_refusal *refusal) {
  replay_counts *counts = &run->result->counts;
  counts->refused++;
  counts->refused_by_code[refusal->code]++;
  if (run->options->refused) run->options->refused(run->options->context, item, refusal);
}

/* Later than the end of the run; or, where it has none, than now. */
static bool is_future(running *run, int64_t time_ms, treaty_refusal *refusal) {
  int64_t until_ms = run->options->until_ms;
  if (until_ms == TREATY_NEVER) return wall_clock_refuses(&run->now_ms, time_ms, refusal);
  if (time_ms <= until_ms) return false;
  char time[TR_TIME_TEXT_BYTES], end[TR_TIME_TEXT_BYTES];
  tr_format_instant(time_ms, time);
  tr_format_instant(until_ms, end);
  refusal->code = TREATY_FUTURE_TIME;
  snprintf(refusal->reason, sizeof refusal->reason,
           "its time %s is later than %s, when the run ends", time, end);
  return true;
}

static void pass_decisions(running *run) {
  size_t count;
  treaty_engine *engine = run->result->engine;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  if (count == 0 || !run->options->decided) return;
  if (!run->options->decided(run->options->context, engine, decisions, count)) run->stopped = true;
}

static void count_accepted(replay_counts *counts, const treaty_event *event) {
  counts->accepted++;
  counts->accepted_by_type[event->type->index]++;
  if (counts->accepted == 1) counts->first_ms = counts->clock_ms = event->time_ms;
  if (event->time_ms < counts->first_ms) counts->first_ms = event->time_ms;
  if (event->time_ms >= counts->clock_ms) {
    counts->clock_ms = event->time_ms;
    return;
  }
  counts->late++;
  int64_t behind_ms = counts->clock_ms - event->time_ms;
  if (behind_ms > counts->late_ms_max) counts->late_ms_max = behind_ms;
}

/* False: the run is to stop. */
static bool record(running *run, const feed_merge_item *item, int64_t clock_ms) {
  const replay_options *options = run->options;
  if (options->recorded && !options->recorded(options->context, item, clock_ms))
    run->stopped = true;
  return !run->stopped;
}

/* False: no memory. */
static bool take_event(running *run, const feed_merge_item *item) {
  replay *result = run->result;
  treaty_event taken = *item->event;
  const treaty_event *event = &taken;
  treaty_refusal refusal;
  bool later = result->counts.accepted == 0 || event->time_ms > result->counts.clock_ms;
  int64_t clock_ms = later ? event->time_ms : result->counts.clock_ms;
  if (!record(run, item, clock_ms)) return true;
  taken.place = recall_place(result->recall, item);
  switch (treaty_engine_event(result->engine, event, clock_ms, &refusal)) {
    case TREATY_OK:
      count_accepted(&result->counts, event);
      if (run->options->accepted)
        run->options->accepted(run->options->context, event, treaty_engine_seq(result->engine));
      break;
    case TREATY_REPEATED: result->counts.repeated++; break;
    case TREATY_REFUSED: refuse(run, item, &refusal); break;
    case TREATY_NO_HISTORY:
      say("a line of the feed could not be read again: the file has changed while it was read");
      run->stopped = run->failed = true;
      return true;
    default: return false;
  }
  pass_decisions(run); /* time may have decided even before an event that was refused */
  return true;
}

static bool take_item(running *run, const feed_merge_item *item) {
  if (!item->event) {
    refuse(run, item, item->refusal);
    return true;
  }
  treaty_refusal refusal;
  if (is_future(run, item->event->time_ms, &refusal)) {
    refuse(run, item, &refusal);
    return true;
  }
  return take_event(run, item);
}

/* False: no memory. */
static bool run_to_end(running *run) {
  const replay_options *options = run->options;
  if (run->stopped || options->until_ms == TREATY_NEVER) return true;
  if (!record(run, NULL, options->until_ms)) return true;
  /* Instant by instant, so that what a year brings is not held in memory at once. */
  for (int64_t next_ms = 0; next_ms <= options->until_ms && !run->stopped;) {
    next_ms = treaty_engine_next_ms(run->result->engine);
    int64_t clock_ms = next_ms < options->until_ms ? next_ms : options->until_ms;
    if (treaty_engine_advance(run->result->engine, clock_ms) != TREATY_OK) return false;
    pass_decisions(run);
    if (clock_ms == options->until_ms) break;
  }
  run->result->counts.clock_ms = options->until_ms;
  return true;
}

static int run_merge(running *run, feed_merge *merge) {
  feed_merge_item item;
  bool enough_memory = true;
  while (enough_memory && !run->stopped && feed_merge_next(merge, &item))
    enough_memory = take_item(run, &item);
  const char *error = run->stopped ? NULL : feed_merge_error(merge);
  if (enough_memory && !error) enough_memory = run_to_end(run);
  if (!enough_memory)
    say("there is not enough memory for the state of all leads");
  else if (error)
    say("%s", error);
  return enough_memory && !error && !run->failed ? EXIT_FINE : EXIT_USAGE;
}

int replay_run(const treaty_program *program, const replay_options *options, replay *result) {
  *result = (replay){.counts = {.first_ms = TREATY_NEVER, .clock_ms = TREATY_NEVER}};
  size_t types = treaty_program_event_type_count(program);
  result->counts.accepted_by_type = room_grow(NULL, types + 1, sizeof(uint64_t));
  memset(result->counts.accepted_by_type, 0, (types + 1) * sizeof(uint64_t));

  running run = {.options = options, .result = result, .now_ms = INT64_MIN};
  /* The engine sets no bound of its own: here the clock follows the events. */
  treaty_engine_options engine_options = {.as_if_in_force = options->as_if_in_force,
                                          .keeps_points = options->keeps_points,
                                          .future_skew_ms = -1};
  result->recall =
      recall_new(program, options->paths, options->path_count, options->line_bytes_max);
  if (result->recall) engine_options.history = recall_history(result->recall);
  if (!result->recall ||
      treaty_engine_new(program, &engine_options, &result->engine) != TREATY_OK) {
    say("there is not enough memory to begin");
    return EXIT_USAGE;
  }
  feed_merge_options merge_options = {.paths = options->paths,
                                      .path_count = options->path_count,
                                      .line_bytes_max = options->line_bytes_max,
                                      .sort = options->sort,
                                      .progress = options->progress ? pass_progress : NULL,
                                      .ahead = expect,
                                      .context = &run};
  char *error;
  feed_merge *merge = feed_merge_new(program, &merge_options, &error);
  if (!merge) {
    say("%s", error ? error : "there is not enough memory to read the feed");
    free(error);
    return EXIT_USAGE;
  }
  int exit_code = run_merge(&run, merge);
  feed_merge_free(merge);
  return exit_code;
}

void replay_close(replay *result) {
  treaty_engine_free(result->engine);
  recall_free(result->recall);
  free(result->counts.accepted_by_type);
  *result = (replay){0};
}

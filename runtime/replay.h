/* replay.h - a dry run: feed files through a fresh engine, the clock following event time.
 *
 * The clock is the greatest time of an accepted event so far. After the last event it stops there,
 * or, with an end, goes on to the end, so that open deadlines fall due. Events later than the end,
 * or, when there is none, than the wall clock allows, are refused (future_time).
 *
 * Ownership: a replay borrows program and options; what is handed to the callbacks lives as long as
 * they run. */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/feed_merge.h"
#include "treaty.h"

typedef struct replay_counts {
  uint64_t accepted, repeated, late, refused;
  uint64_t refused_by_code[TREATY_REFUSAL_COUNT];
  uint64_t *accepted_by_type; /* by the index of the event type */
  int64_t late_ms_max;        /* how far the latest of them lay behind the clock */
  int64_t first_ms,
      clock_ms; /* the earliest accepted event, and the clock; TREATY_NEVER before the first */
} replay_counts;

typedef struct replay_options {
  const char *const *paths;
  size_t path_count;
  size_t line_bytes_max;
  bool sort, as_if_in_force;
  bool keeps_points; /* see treaty_engine_options */
  int64_t until_ms;  /* TREATY_NEVER: no end */

  /* Any of these may be NULL. An event is told before the decisions that it led to; these come in
   * order, and false stops the run. */
  bool (*decided)(void *context, treaty_engine *engine, const treaty_decision *decisions,
                  size_t count);
  /* Told each event just before the engine sees it, whatever that will say to it, and at last, with
   * no item, the end that time runs on to. False: stop. */
  bool (*recorded)(void *context, const feed_merge_item *item, int64_t clock_ms);
  void (*accepted)(void *context, const treaty_event *event, uint64_t seq);
  void (*refused)(void *context, const feed_merge_item *item, const treaty_refusal *refusal);
  void (*progress)(void *context, const replay_counts *counts, uint64_t bytes_read,
                   uint64_t bytes_total);
  void *context;
} replay_options;

typedef struct replay {
  treaty_engine *engine;
  replay_counts counts;
  struct recall *recall; /* the engine's history */
} replay;

/* Runs to the end. Gives EXIT_FINE, or EXIT_USAGE with a sentence when a feed could not be read to
 * its end; then the replay stands where reading ended. Close it in any case. */
int replay_run(const treaty_program *program, const replay_options *options, replay *result);

void replay_close(replay *result);

#endif

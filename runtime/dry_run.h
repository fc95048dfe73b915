/* dry_run.h - what the commands that run a feed have in common: its options, how far it has got,
 * and whether an account occurs in it.
 *
 *   typedef struct ask_options { unsigned format; dry_run_options run; } ask_options;
 *   static const option_row rows[] = {{"format", …}, DRY_RUN_ROWS(ask_options, run)};
 *
 *   typedef struct asking { dry_run run; … } asking;         what the callbacks of a replay get
 */
#ifndef DRY_RUN_H
#define DRY_RUN_H

#include "runtime/event_decode.h"
#include "runtime/options.h"
#include "runtime/progress.h"
#include "runtime/replay.h"

typedef struct dry_run_options {
  option_time until;
  uint64_t event_bytes_max;
  bool sort, as_if_in_force;
} dry_run_options;

/* As they are when none is given. */
#define DRY_RUN_OPTIONS ((dry_run_options){.event_bytes_max = EVENT_DECODE_LINE_BYTES_DEFAULT})

/* The rows of a command whose options hold these as `member`. */
#define DRY_RUN_ROWS(options, member)                                                            \
  {"until", OPTION_TIME, "TIME",                                                                 \
   "let time run on to it after the last event, so that open deadlines fall due; later events "  \
   "are refused. A date means its end; a date and a time without an offset are of the treaty's " \
   "zone",                                                                                       \
   offsetof(options, member.until)},                                                             \
      {"sort", OPTION_FLAG, NULL,                                                                \
       "put the events in order of time first; the feeds are held in memory",                    \
       offsetof(options, member.sort)},                                                          \
      {"as-if-in-force", OPTION_FLAG, NULL,                                                      \
       "judge by the newest version of each agreement, whatever its dates: to try a draft on "   \
       "last quarter",                                                                           \
       offsetof(options, member.as_if_in_force)},                                                \
  {                                                                                              \
    "max-event-bytes", OPTION_NUMBER, "N", "refuse longer lines (131072)",                       \
        offsetof(options, member.event_bytes_max), EVENT_DECODE_LINE_BYTES_LIMIT                 \
  }

/* The first member of what the callbacks get. */
typedef struct dry_run {
  treaty_text account; /* that is looked at; bytes NULL: all are */
  bool account_seen;   /* an event that was accepted names it */
  progress bar;
} dry_run;

/* A run over these feeds that tells how far it is. What else it calls is up to the command. */
replay_options dry_run_replay(const dry_run_options *options, const treaty_program *program,
                              const char *const *paths, size_t path_count, dry_run *run);

/* Whether the event is of the account that is looked at; of one it is noted that it occurs. */
bool dry_run_takes(dry_run *run, const treaty_event *event);

/* Lines that were refused, in a sentence; the lines themselves `treaty run` shows. */
void dry_run_say_refused(const replay_counts *counts);

#endif

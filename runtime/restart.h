/* restart.h - from a folder and perhaps a treaty file to an engine that stands where the log ends.
 *
 * The treaties come from the store, which keeps everything they were made from. One that it does
 * not have yet founds it, or is taken up beside those that it has: it judges from then on, and what
 * they have decided stays. A store that has decided nothing yet takes another in their place, which
 * then judges all its events, from the first. The whole log is replayed; decisions that are not in
 * the table (a crash came between) are written now, before anybody
 * asks. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/feeder.h"
#include "runtime/shadow.h"
#include "runtime/store.h"
#include "runtime/treaty_file.h"

typedef struct restart_options {
  const char *folder;
  const char *treaty;  /* its main file, or NULL: the one in the store */
  bool takes_unsigned; /* a treaty that not all have signed has force all the same */
  store_clock clock;   /* NONE: the one it has gone by; the wall clock, when that is none yet */
} restart_options;

typedef struct restart {
  store *store;
  treaty_file file;              /* the treaties of the store … */
  const treaty_program *program; /* … side by side */
  feeder *feeder;
  shadow *shadow;    /* NULL: nothing is in shadow */
  store_clock clock; /* not NONE; the store hears of it when the service listens */
  size_t taken;      /* treaties that were new */
  int64_t clock_ms;  /* where the engine's clock stands; INT64_MIN: nothing has moved it */
} restart;

/* False: it could not be done, *exit_code says how it ends, and standard error says why. In both
 * cases the restart is to be closed. */
bool restart_open(restart *restart, const restart_options *options, int *exit_code);

typedef enum restart_outcome {
  RESTART_STAYS,       /* the treaty does not check, or is turned away: nothing has changed */
  RESTART_NOTHING_NEW, /* the store has it already */
  RESTART_TAKEN_UP,    /* feeder, shadow and program are new, and stand where the log ends */
  RESTART_FAILED       /* it is in the log, and could not be begun: as after a failed commit */
} restart_outcome;

/* Reads the treaty file again and takes up what is new in it, while nothing is being committed. The
 * whole log is replayed for it. */
restart_outcome restart_again(restart *restart, const restart_options *options, buffer *why);
void restart_close(restart *restart);

#endif

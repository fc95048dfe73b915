/* restart.h - from a folder and perhaps a treaty file to an engine that stands where the log ends.
 *
 * The program comes from the store, which keeps everything it was made from; a treaty file only
 * founds a store, or is the same as the one in it. A store that has decided nothing yet may take
 * another treaty: then that one judges all its events, from the first. The whole log is replayed;
 * decisions that are not in the table (a crash came between) are written now, before anybody
 * asks. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/feeder.h"
#include "runtime/host.h"
#include "runtime/store.h"

typedef struct restart_options {
  const char *folder;
  const char *treaty; /* its main file, or NULL: the one in the store */
  store_clock clock;  /* NONE: the one it has gone by; the wall clock, when that is none yet */
} restart_options;

typedef struct restart {
  store *store;
  host *host;
  treaty_program *program;
  feeder *feeder;
  store_clock clock; /* not NONE; the store hears of it when the service listens */
  int64_t clock_ms;  /* where the engine's clock stands; INT64_MIN: nothing has moved it */
} restart;

/* False: it could not be done, *exit_code says how it ends, and standard error says why. In both
 * cases the restart is to be closed. */
bool restart_open(restart *restart, const restart_options *options, int *exit_code);
void restart_close(restart *restart);

#endif

/* progress.h - how far a long run is, on a terminal: a bar by bytes read, and events a second.
 *
 *   [##########..............]  42 %  5 s  1,204,331 events a second
 *
 * Nothing is shown in the first second, nor where standard error is no terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
  bool shown;       /* a bar stands on the terminal */
  bool never;       /* there is no terminal to show it on */
  int64_t began_ms; /* on the monotonic clock */
  int64_t drawn_ms;
} progress;

/* `wanted`: false where other output goes to the same terminal. */
void progress_begin(progress *bar, bool wanted);

/* bytes_total 0: nobody knows; then the bytes read are shown instead of a bar. */
void progress_tell(progress *bar, uint64_t events, uint64_t bytes_read, uint64_t bytes_total);

/* Takes the bar away, so that something else can be written. The next tell draws it again. */
void progress_clear(progress *bar);

#endif

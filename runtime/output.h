/* output.h - writing to standard output and standard error: in large pieces, and quietly over when
 * nobody reads. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include "runtime/buffer.h"

/* Exit codes, the same for all commands (docs/operations.md). */
#define EXIT_FINE 0
#define EXIT_FINDINGS \
  1                  /* a failed test, a treaty that does not check, an account that is not there */
#define EXIT_USAGE 2 /* wrong options, a missing file, a full disk */

typedef struct output {
  buffer text; /* to be written; add to it at will */
  int file;
  bool live;  /* a person watches: written line by line */
  bool ended; /* the reader has gone, or writing failed: nothing more is written */
  int error;  /* errno of the failure; 0 while all is well or the reader has just gone */
} output;

void output_open(output *out, int file);

/* Writes what waits if it is much, or at once when live. False: there is no use in going on. */
bool output_turn(output *out);

bool output_flush(output *out);

/* Writes the rest and gives the buffer back. Gives `exit_code`, or EXIT_USAGE with a sentence when
 * writing failed. */
int output_close(output *out, int exit_code);

/* One sentence to standard error, behind "treaty: ". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

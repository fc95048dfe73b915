/* feed_resume.h - where in a feed's files a client goes on, after the line that the service
 * named. */
#ifndef FEED_RESUME_H
#define FEED_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"

typedef struct feed_place_in {
  size_t path;          /* which of the files */
  uint64_t line_number; /* lines up to and with this one are passed over */
} feed_place_in;

/* Whether a line is the event of that source and id. */
bool feed_resume_is(treaty_text line, treaty_text source, treaty_text id);

/* Finds the first line that is it. False: it is in none of them, so they are another feed's files,
 * or lie in standard input, which can be read only once. A file that cannot be read is passed over
 * here; sending it tells. */
bool feed_resume_find(const char *const *paths, size_t path_count, size_t line_bytes_max,
                      treaty_text source, treaty_text id, feed_place_in *place);

#endif

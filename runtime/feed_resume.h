/* feed_resume.h - where in a feed's files a client goes on, after what the service says it has.
 *
 *   | the lines that the service has, by its prefix |  what is to be sent |
 *   a.ndjson                    b.ndjson           ^ place
 *
 * The prefix decides: only lines that are the very same are passed over. */
#ifndef FEED_RESUME_H
#define FEED_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/buffer.h"
#include "runtime/feed_prefix.h"

/* A longer line is not even sent: no service takes it. */
#define FEED_RESUME_LINE_BYTES_MAX ((size_t)16 * 1024 * 1024)

typedef struct feed_place_in {
  size_t path;          /* which of the files */
  uint64_t line_number; /* of a line in it */
} feed_place_in;

/* What the service has of a feed. */
typedef struct feed_known {
  feed_prefix prefix;
  uint64_t line_bytes_max; /* longer lines it has not held; 0: nobody knows */
  treaty_text source, id;  /* of the last line that names itself; without bytes: none */
} feed_known;

typedef enum feed_resume {
  FEED_RESUME_BEHIND,  /* the files begin with all of it: go on behind the place */
  FEED_RESUME_OTHER,   /* they are other files: begin at the start */
  FEED_RESUME_CHANGED, /* its last line is at the place, but other lines stand before it */
} feed_resume;

/* Adds a line to a prefix as a service of that limit does. */
void feed_resume_add(feed_prefix *prefix, treaty_text line, uint64_t line_bytes_max);

/* Whether a line is the event of that source and id. */
bool feed_resume_is(treaty_text line, treaty_text source, treaty_text id);

/* Looks into the files, up to standard input, which can be read only once. A file that cannot be
 * read ends the search; sending it tells. */
feed_resume feed_resume_find(const char *const *paths, size_t path_count, const feed_known *known,
                             feed_place_in *place);

/* What a service knows that was sent the files up to `end`, that line left out, or up to standard
 * input. `source` and `id` are set to the name of the last line, or to nothing. */
feed_prefix feed_resume_sent(const char *const *paths, size_t path_count, uint64_t line_bytes_max,
                             feed_place_in end, buffer *source, buffer *id);

#endif

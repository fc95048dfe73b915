/* feed_merge.h - several feed files become one feed, by the time of their events.
 *
 *     web.ndjson   09:00  09:20  09:30  ...      at hand: one decoded event a file
 *     crm.ndjson   09:10  09:20  ...             given out: the earliest; of equal ones that of
 *                                                the file named first: web crm web crm web
 *
 * A file is taken to be in order. What is not comes out where it stands, and is marked late.
 * Sorted, all files are read first, into memory; then nothing is late.
 *
 * Ownership: an item and all it points to live until the next call on the merge. */
#ifndef FEED_MERGE_H
#define FEED_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/feed_file.h"

/* What a sorted merge may hold, texts and index together; beyond it it ends with an error. */
#define FEED_SORT_BYTES_MAX (UINT64_C(4) << 30)

typedef struct feed_merge feed_merge;

typedef struct feed_merge_options {
  const char *const *paths; /* "-" is standard input, at most once; must outlive the merge */
  size_t path_count;
  size_t line_bytes_max;
  bool sort;
  uint64_t sort_bytes_max; /* 0: FEED_SORT_BYTES_MAX */
  /* Told every few thousand lines, and at the end: bytes of all files read and in all (0: nobody
   * knows). May be NULL. */
  void (*progress)(void *context, uint64_t bytes_read, uint64_t bytes_total);
  /* Told of the events that will come next of one feed, each once, so that what they will need can
   * be fetched. May be NULL. */
  void (*ahead)(void *context, const treaty_event *const *events, size_t count);
  void *context;
} feed_merge_options;

typedef struct feed_merge_item {
  const char *path;              /* as it was given */
  uint64_t line_number;          /* from 1 */
  treaty_text line;              /* as it came; bytes NULL when it is too long to be held */
  const treaty_event *event;     /* or NULL: refused */
  const treaty_refusal *refusal; /* or NULL: an event */
  uint32_t feed;                 /* index of the path */
  uint64_t offset;               /* as of feed_line */
  treaty_text source, id;        /* refused or not; bytes NULL where they could not be read */
  bool late;                     /* the event is earlier than one given out before */
} feed_merge_item;

/* Opens all files. NULL: one could not be opened, "-" stands twice or there is no memory, and
 * *error is a sentence without a full stop, to be freed by the caller (or NULL without memory). The
 * program must outlive the merge. */
feed_merge *feed_merge_new(const treaty_program *program, const feed_merge_options *options,
                           char **error);

/* The next event or refused line; refused ones come as soon as they are read. False: all are given
 * out, or reading failed; see feed_merge_error. */
TREATY_MUST_USE bool feed_merge_next(feed_merge *merge, feed_merge_item *item);

/* Why the merge ended before the end of its files, else NULL. */
const char *feed_merge_error(const feed_merge *merge);

/* Events marked late so far. */
uint64_t feed_merge_late_count(const feed_merge *merge);

void feed_merge_free(feed_merge *merge);

#endif

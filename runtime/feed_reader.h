/* feed_reader.h - a feed file read and decoded ahead, on a thread of its own.
 *
 *     thread     file -> lines -> decoder -> batch | batch | batch        a ring of batches
 *     caller                          first line of the oldest batch <- '
 *
 * A batch is handed over when it is full, and before the thread would have to wait for the file: no
 * line is held back. The thread waits when the ring is full, so memory is bounded. The order of
 * lines is that of the file, refused ones among them.
 *
 * Ownership: a line and all it points to live until it is dropped. */
#ifndef FEED_READER_H
#define FEED_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/feed_file.h"

typedef struct feed_reader feed_reader;

typedef struct feed_reader_line {
  feed_line line;
  treaty_event event;            /* with its hashes, of seed 0; refused: source and id, if read */
  const treaty_refusal *refusal; /* NULL: an event */
} feed_reader_line;

/* Opens the file as feed_file_open does and begins to read. The program must outlive the reader,
 * or be NULL: then no event type is known. */
feed_reader *feed_reader_open(const char *path, const treaty_program *program,
                              size_t line_bytes_max, char **error);

/* The first line that is not yet dropped; waits for it. NULL: there are no more lines. */
feed_reader_line *feed_reader_first(feed_reader *reader);

/* The line `place` places behind the first; NULL: it is not at hand yet, or there is none. */
feed_reader_line *feed_reader_ahead(feed_reader *reader, uint32_t place);

/* Lets go of the first line. */
void feed_reader_drop(feed_reader *reader);

/* Why reading ended before the end of the file; to be asked when there are no more lines. */
const char *feed_reader_error(const feed_reader *reader);

/* As of feed_file, up to the last line that was waited for. */
uint64_t feed_reader_bytes_read(const feed_reader *reader);
uint64_t feed_reader_bytes_total(const feed_reader *reader);

/* Ends the thread, even while it waits for the file. NULL is fine. */
void feed_reader_close(feed_reader *reader);

#endif

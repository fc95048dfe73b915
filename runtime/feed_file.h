/* feed_file.h - the lines of a feed that lies in a file, plain or gzip, or comes on standard input.
 *
 * Which of the two it is, its first bytes tell, not its name. Gzip files written one behind another
 * are one feed. Lines come as they stand in the reading buffer, without a copy:
 *
 *     buffer   | given out | line at hand \n | lines to come \n | begun li |   room   | 64 spare |
 *
 * Ownership: a line lives until the next call on its feed_file. */
#ifndef FEED_FILE_H
#define FEED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many bytes behind a line can be read, whatever they hold; what decoders need. */
#define FEED_FILE_SPARE_BYTES 64

#define FEED_OFFSET_NONE UINT64_MAX

typedef struct feed_file feed_file;

typedef struct feed_line {
  const char *bytes; /* without "\n" or "\r\n"; NULL: too long, or no line at all */
  size_t length;     /* of a line that is too long, too */
  uint64_t number;   /* counts from 1, blank lines included; 0: there are no more lines */
  uint64_t offset;   /* in a plain file that can be read again; else FEED_OFFSET_NONE */
  bool too_long;     /* passed over without being held */
} feed_line;

/* Opens `path`; "-" is standard input. NULL: it could not be opened or there is no memory, and
 * *error is a sentence without a full stop that names the file, to be freed by the caller (or NULL
 * without memory). */
feed_file *feed_file_open(const char *path, size_t line_bytes_max, char **error);

/* What a reader does while a file that is no regular one, such as a pipe, has nothing to read.
 * Comes back when the descriptor can be read; false: the feed ends here. */
typedef struct feed_file_wait {
  bool (*wait)(void *context, int descriptor);
  void *context;
} feed_file_wait;

/* The same, with such a way to wait, which lives as long as the file. */
feed_file *feed_file_open_waiting(const char *path, size_t line_bytes_max,
                                  const feed_file_wait *wait, char **error);

/* The next line that is not blank. When there are no more lines, feed_file_error tells whether all
 * were read. */
feed_line feed_file_next(feed_file *file);

/* Whether the next call need not wait for the file: a whole line that is not blank is in memory
 * already. */
bool feed_file_has_line(const feed_file *file);

/* Ends the feed where it waits for more, now or later; the one function for another thread. */
void feed_file_stop(feed_file *file);

/* Why reading ended before the end of the file, with the last line that was reached; else NULL. */
const char *feed_file_error(const feed_file *file);

/* Bytes read so far, as they lie on disk, and how many there are in all; 0: nobody knows. */
uint64_t feed_file_bytes_read(const feed_file *file);
uint64_t feed_file_bytes_total(const feed_file *file);

void feed_file_close(feed_file *file);

#endif

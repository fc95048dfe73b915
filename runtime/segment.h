/* segment.h - the record log as bytes: records one behind another, and the sealed segment that one
 * group commit makes of them.
 *
 *   records   | kind | clock_ms | feed name | text | kind | clock_ms | …      as they are taken
 *   segment   | number, first record, count, bytes | zstd(records) | hash |   as it is stored
 *                                                                    ^ SHA-256 over the hash of the
 *                                                                      segment before and all this
 *
 * The chain of hashes notices what SQLite alone does not: flipped bits, and segments that are
 * missing, swapped or put in. Integers are little-endian. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/buffer.h"

#define SEGMENT_HASH_BYTES 32

/* A segment that claims to hold more than this is not unpacked. Far above what one commit takes. */
#define SEGMENT_BYTES_MAX ((size_t)1 << 30)

/* So many bytes behind the records of an unpacked segment can be read, as decoders need it. */
#define SEGMENT_SPARE_BYTES 64

typedef enum record_kind {
  RECORD_EVENT = 1,   /* text: the line as it came; feed: whose */
  RECORD_TICK = 2,    /* the clock went on, and nothing else happened */
  RECORD_PROGRAM = 3, /* text: the hash of a treaty that is taken up */
} record_kind;

typedef struct record {
  record_kind kind;
  int64_t clock_ms; /* what the clock reached, if the record moves it: what is refused does not */
  treaty_text feed, text; /* borrowed from the bytes that the record was read from */
} record;

/* A feed's name fits in this. */
#define RECORD_FEED_BYTES_MAX 255

void segment_put(buffer *records, const record *record);

/* Reads the record at *at and moves *at behind it. False: there is none, and *at is `length`, or
 * the bytes are no record, and *at stays. */
bool segment_next(const char *records, size_t length, size_t *at, record *record);

typedef struct segment {
  uint64_t number;                     /* from 1, without gaps */
  uint64_t first_record, record_count; /* records are numbered from 1 */
  uint64_t bytes;                      /* of the records, unpacked */
  uint8_t hash[SEGMENT_HASH_BYTES];
} segment;

/* Packs records and seals them: sets bytes and hash. `packed` is emptied first. */
void segment_seal(segment *segment, const uint8_t before[SEGMENT_HASH_BYTES], const buffer *records,
                  buffer *packed);

/* Whether the packed bytes are those that were sealed behind `before`. */
bool segment_intact(const segment *segment, const uint8_t before[SEGMENT_HASH_BYTES],
                    treaty_text packed);

/* The records of an intact segment, with the spare bytes behind them. False: they do not unpack. */
bool segment_unpack(const segment *segment, treaty_text packed, buffer *records);

/* Makes bytes behind the end readable without lengthening the buffer. */
void segment_spare(buffer *records);

#endif

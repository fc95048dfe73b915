/* recall.h - the lines of a run again, for the engine's history (treaty_history).
 *
 * A line of a plain file is read from the file again. What cannot be read twice, gzip and standard
 * input, is kept, packed:
 *
 *     place    0 | file, 6 bits | offset in it, 39 bits
 *              1 | chunk, 25 bits | offset in it, 20 bits        zstd(lines), some 512 KiB each
 *
 * Ownership: an event that was given again lives until the next one is asked for. */
#ifndef RECALL_H
#define RECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/feed_merge.h"

typedef struct recall recall;

/* For a run over these files. Program and paths must outlive it. NULL: no memory. */
recall *recall_new(const treaty_program *program, const char *const *paths, size_t path_count,
                   size_t line_bytes_max);
void recall_free(recall *recall);

/* The place of an event's line, which is kept if need be. */
uint64_t recall_place(recall *recall, const feed_merge_item *item);

treaty_history recall_history(recall *recall);

#endif

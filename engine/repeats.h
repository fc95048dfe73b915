/* repeats.h - has an event of this source and id been accepted before?
 *
 * 96 bits of hash of source and id with 32 of the content, in two generations: the younger takes
 * what comes; when it is a horizon old, the older one is let go of and the younger becomes the
 * older. So an id is recognised for at least one horizon after it was accepted, and for two at
 * most. 16 bytes an event: each slot lies in one line of memory, and both tables of a busy feed
 * near the processor. */
#ifndef TR_REPEATS_H
#define TR_REPEATS_H

#include "engine/map.h"

typedef struct tr_repeat {
  uint64_t id; /* never zero: the slot is free */
  uint32_t more_id;
  uint32_t content;
} tr_repeat;

typedef struct tr_repeat_table {
  tr_repeat *slots;
  uint32_t count, room; /* room: 0 or a power of two */
} tr_repeat_table;

typedef struct tr_repeats {
  tr_memory *memory;
  tr_hash_key key;
  tr_repeat_table younger, older;
  int64_t horizon_ms;
  int64_t began_ms; /* of the younger generation */
} tr_repeats;

typedef enum tr_repeat_verdict { REPEAT_NEW, REPEAT_SAME, REPEAT_OTHER_CONTENT } tr_repeat_verdict;

void tr_repeats_init(tr_repeats *repeats, tr_memory *memory, tr_hash_key key, int64_t horizon_ms);

/* Asks for the memory that a look will need (accounts.c, "What will be needed"). */
void tr_repeats_expect(const tr_repeats *repeats, tr_hash128 id);

tr_repeat_verdict tr_repeats_look(const tr_repeats *repeats, tr_hash128 id, uint64_t content);

/* Keeps one that tr_repeats_look called new. `clock_ms` never decreases. */
void tr_repeats_keep(tr_repeats *repeats, tr_hash128 id, uint64_t content, int64_t clock_ms);

#endif

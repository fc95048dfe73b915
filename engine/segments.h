/* segments.h - the aggregate of many that change one by one: a segment tree.
 *
 *                  [0 … 7]                 the whole
 *             [0 … 3]   [4 … 7]            each node: its two joined, and until when it stands
 *           [0 1] [2 3] [4 5] [6 7]
 *           0  1  2  3  4  5  6  7         one each, by place
 *
 * Who has changed, or whose instant has come, is asked again when the whole is wanted, and only the
 * nodes above are joined anew. 320 bytes a place. */
#ifndef TR_SEGMENTS_H
#define TR_SEGMENTS_H

#include "engine/aggregate.h"

typedef struct tr_segment {
  tr_aggregate all;
  int64_t holds_ms; /* until when nobody in it needs to be asked again */
  int64_t until_ms; /* until when the node stands: holds_ms or all.break_ms */
} tr_segment;

typedef struct tr_segments {
  tr_segment *nodes; /* the whole at 1, of node n: 2n and 2n + 1; the places from `room` on */
  uint32_t room;     /* 0 or a power of two */
} tr_segments;

/* Gives the aggregate of one place, and lowers asking->until_ms to when it could be another. */
typedef tr_aggregate tr_segments_ask(tr_eval *asking, const void *context, uint32_t place);

/* Room for so many places; new ones are empty. The bytes are of that memory. */
void tr_segments_widen(tr_segments *segments, tr_memory *memory, uint32_t count);
/* The place is to be asked again. */
void tr_segments_changed(tr_segments *segments, uint32_t place);
/* Of all places as of now; there is one at least. Valid until the next call. */
const tr_segment *tr_segments_whole(tr_segments *segments, const tr_eval *eval, tr_opcode op,
                                    tr_segments_ask *ask, const void *context);
void tr_segments_close(tr_segments *segments, tr_memory *memory);

#endif

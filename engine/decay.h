/* decay.h - points that halve: sums that do not depend on the order in which they were made.
 *
 * An event at time t adds p points; at time n they are worth p * 2^((t - n) / H). Write t / H = k -
 * g with a whole octave k and 0 <= g < 1. The event is scaled once, by itself, to the mantissa p *
 * 2^-g (in units of 2^-30 millionths) and added to the sum of its octave. Sums of whole numbers
 * commute, and taking an event away is a subtraction. (A running sum that is rounded as it decays
 * depends on the order of arrival.)
 *
 *   octave      k-2        k-1         k
 *   sum       |  S  |    |  S  |    |  S  |      total at n = sum of S * 2^k, times 2^(-n/H),
 * rounded once
 *
 * An octave that lies 64 behind is worth less than a millionth for any points allowed; it is let go
 * of. */
#ifndef TR_DECAY_H
#define TR_DECAY_H

#include <stdbool.h>
#include <stdint.h>

#include "grammar/memory.h"

typedef struct tr_decay_tables tr_decay_tables;

/* Tables of 2^-x, made from integer square roots: the same on every machine. 10 KiB. */
const tr_decay_tables *tr_decay_tables_new(tr_arena *arena);

/* One octave's sum, in units of 2^-30 millionths. */
typedef struct tr_octave {
  uint64_t low;
  int64_t high; /* of a 128-bit sum */
  int32_t octave;
} tr_octave;

/* The whole of a score's event points: worth `total` * 2^(octave - now / H). total is in 2^-30
 * millionths. */
typedef struct tr_decaying {
  __int128 total;
  int64_t octave;
  int64_t halves_ms;
} tr_decaying;

/* The octave of an event and its mantissa there. |points| <= TR_POINTS_MAX millionths of
 * millionths. */
int32_t tr_decay_octave(int64_t time_ms, int64_t halves_ms);
__int128 tr_decay_mantissa(const tr_decay_tables *tables, int64_t points, int64_t time_ms,
                           int64_t halves_ms);

__int128 tr_octave_sum(const tr_octave *octave);
void tr_octave_add(tr_octave *octave, __int128 mantissa);
/* The sum of an octave among some in rising order, with room for one more. */
tr_octave *tr_octave_put(tr_octave *octaves, uint32_t *count, int32_t octave);

/* Brings the octaves to one total. `octaves` in rising order; count 0: worth nothing. */
tr_decaying tr_decay_total(const tr_octave *octaves, uint32_t count, int64_t halves_ms);

/* The sum of two of one half-life. */
tr_decaying tr_decay_sum(tr_decaying a, tr_decaying b);
tr_decaying tr_decay_negated(tr_decaying a);
/* The same, as it would be worth so much later. */
tr_decaying tr_decay_delayed(const tr_decay_tables *tables, tr_decaying a, int64_t by_ms);

/* What it is worth at an instant, in millionths, rounded half to even. */
int64_t tr_decay_value(const tr_decay_tables *tables, tr_decaying score, int64_t now_ms);

/* The first instant behind `now_ms` at which the worth is on the other side of `level` (below it
 * where it is at least that now, at least where it is below), or INT64_MAX. */
int64_t tr_decay_crossing(const tr_decay_tables *tables, tr_decaying score, int64_t level,
                          int64_t now_ms);

#endif

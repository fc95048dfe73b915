/* aggregate.h - sum, max and min of what the members of a group have, one joined to another.
 *
 * The value of a group is a range where that of a member is, so its least and its most are followed
 * apart: each is a course, that of a score which halves or of what stands still. Of a sum the two
 * courses are added; of a maximum each is that of one member until another overtakes it.
 *
 *     heat ^ a
 *          |   `--..__  b              max: a's course until here, then b's
 *          |.......____``--.._______
 *          |           ^           ``--..
 *          '-----------|---------------------> time
 *
 * Joining is associative and commutative, but for the last of the bits that a sum of points drops
 * (2^-30 millionths): a tree of joined parts has the value of the whole (census_value.c). */
#ifndef TR_AGGREGATE_H
#define TR_AGGREGATE_H

#include "engine/evaluate.h"

typedef struct tr_aggregate {
  tr_course low, high; /* of those that are known */
  int64_t break_ms;    /* until when it moves so; TR_NEVER: always */
  uint32_t known, unknown;
} tr_aggregate;

/* Of nobody. */
tr_aggregate tr_aggregate_none(void);
/* Of one. */
tr_aggregate tr_aggregate_of(const tr_eval *eval, tr_value value);
/* Of both, for TR_OP_SUM, TR_OP_MAX or TR_OP_MIN. */
tr_aggregate tr_aggregate_join(const tr_eval *eval, tr_opcode op, const tr_aggregate *a,
                               const tr_aggregate *b);
/* What it comes to now. A sum of which some part is unknown is unknown; the largest is at least
 * that of the known ones, the smallest at most. Beyond the range of numbers: unknown. */
tr_value tr_aggregate_value(tr_eval *eval, tr_opcode op, const tr_aggregate *all);

#endif

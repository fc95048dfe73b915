/* party_tally.h - what was counted of some hand-overs, duties, powers or contacts, and how long the
 * party took.
 *
 * Median and p90 are nearest ranks: a value that occurred, never one between two. */
#ifndef PARTY_TALLY_H
#define PARTY_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/ledger.h"
#include "runtime/table.h"

/* How often two names came together: stage and owner, outcome and reason, party and reason. */
typedef struct tally_pair {
  const char *first, *second;
  uint64_t count;
} tally_pair;

typedef struct tally_pairs {
  tally_pair *items;
  size_t count, room;
} tally_pairs;

/* Names are numbered by a ledger, so equal ones are the same pointer. */
void tally_pairs_add(tally_pairs *pairs, const char *first, const char *second);
/* The most frequent first, then by name. */
void tally_pairs_sort(tally_pairs *pairs);

/* ,"KEY":[{"FIRST":…,"SECOND":…,"count":…}]; `first` NULL: it is not told. A pair whose
 * second name is absent has no member for it. */
void tally_pairs_json(buffer *out, const char *key, const char *first, const char *second,
                      const tally_pairs *pairs);

/* Durations in ms; to be sorted before they are ranked. */
typedef struct tally_times {
  int64_t *items;
  size_t count, room;
} tally_times;

void tally_times_add(tally_times *times, int64_t duration_ms);
void tally_times_sort(tally_times *times);

/* Of values in rising order: the smallest that at least `percent` of 100 do not exceed. count > 0,
 * 0 < percent <= 100. */
int64_t tally_nearest_rank(const int64_t *values, size_t count, unsigned percent);

/* A time in two units at most. Open time has no days: 32 open hours are four working days. */
void tally_time_cell(table *table, int64_t duration_ms, bool open_time);
/* The cell of a rank, "-" when there is nothing to rank. */
void tally_rank_cell(table *table, const tally_times *times, unsigned percent, bool open_time);

/* ,"KEY":{"median":…,"p90":…} in ms; nothing when there is nothing to rank. */
void tally_ranks_json(buffer *out, const char *key, const tally_times *times);

/* How often the clock stood still by somebody's event, and for how long in all. */
typedef struct tally_span {
  const char *by;
  uint64_t count;
  int64_t ms;
} tally_span;

typedef struct tally_spans {
  tally_span *items;
  size_t count, room;
} tally_spans;

typedef struct party_tally {
  /* of hand-overs */
  uint64_t offered, accepted, in_time, late, rejected, returned, withdrawn, ended, open;
  uint64_t told_after_breach; /* accepted or rejected in time, and breached before that was told */
  uint64_t told_after_end, too_late_after_end;    /* noted */
  tally_pairs rejections;                         /* first: "", second: the reason */
  tally_times accepted_open_ms, accepted_wall_ms; /* none at once, none dated before the offer */
  /* of hand-overs with a time to answer, and of duties */
  uint64_t owed, kept, answered_late, broken, lapsed, running;
  uint64_t breached, told_late;
  uint64_t decided;        /* powers that were used, and refused */
  uint64_t holds, holding; /* of these, leads that were held, and still are, … */
  int64_t held_ms;         /* … for how long, those that are no longer */
  uint64_t contacts, over_limit;
  /* of hand-overs and duties */
  uint64_t at_once;      /* accepted as the clause says; known when the duty began */
  uint64_t dated_before; /* the start */
  uint64_t paused;       /* whose clock has stood still, */
  int64_t paused_ms;     /* and for how long */
  tally_spans pauses;    /* … by whom; the longest first */
  tally_times answer_open_ms, answer_wall_ms; /* of all that was answered or done */
} party_tally;

void party_tally_add_offer(party_tally *tally, const ledger *ledger, const ledger_offer *offer);
void party_tally_add_quota(party_tally *tally, const ledger_quota *quota);
void party_tally_add_duty(party_tally *tally, const ledger *ledger, const ledger_duty *duty);
void party_tally_add_power(party_tally *tally, const ledger_power *power);
void party_tally_add_contact(party_tally *tally, const ledger_contact *contact);
void party_tally_sort(party_tally *tally);
void party_tally_free(party_tally *tally);

#endif

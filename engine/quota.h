/* quota.h - what the engine keeps of quotas: how far each stands in the period that runs, and in
 * those that were broken.
 *
 *     |-------- November --------|-------- December --------|
 *     0 ... 12 ... 39  40: kept  |
 *     0 ... 12 ... 31            | broken ... a late one of November: noted
 *                  50%: reminded |
 *
 * A quota is of no account, so it has no timer in the heap: it comes behind all accounts of its
 * instant. A period is over at the end of its last millisecond. */
#ifndef TR_QUOTA_H
#define TR_QUOTA_H

#include "engine/step.h"

/* How far whoever owes has come. */
typedef struct tr_quota_share {
  __int128 reached; /* in the unit of what is owed */
  bool kept, broken;
} tr_quota_share;

/* What an event has added: it may be taken back. */
typedef struct tr_quota_item {
  uint64_t seq;
  int64_t amount;
  uint32_t share;
} tr_quota_item;

typedef struct tr_quota_period {
  struct tr_quota_period *before; /* of those that are over; NULL: none, or none is kept */
  int64_t from_ms, until_ms;      /* [from, until) */
  tr_quota_share *shares;         /* by the number of the person; else one, of the party */
  uint32_t share_room;
  tr_quota_item *items;
  uint32_t item_count, item_room;
} tr_quota_period;

typedef struct tr_quota {
  const tr_agreement_def *agreement; /* the version that the clause is of */
  const tr_clause_def *clause;
  tr_quota_period *running; /* NULL: none is owed now */
  tr_quota_period *over;    /* the newest that was broken; there are few */
  int64_t begins_ms;        /* where none runs: when one could; TR_NEVER */
  int64_t next_ms;          /* the next step, or the last millisecond of the period */
  uint32_t next_step;
} tr_quota;

/* A lead's entry of a stage has counted for a quota in the period from then on. */
typedef struct tr_quota_entry {
  struct tr_quota_entry *next;
  const tr_quota *quota;
  int64_t from_ms;
} tr_quota_entry;

void tr_quotas_init(treaty_engine *engine);

/* The log begins, at the engine's clock: the periods in which that lies run. Once; all later calls
 * change nothing. */
void tr_quotas_begin(treaty_engine *engine);

/* Does what is due at the engine's clock, and sets engine->quotas_next_ms. */
void tr_quotas_by_time(treaty_engine *engine);

/* An event is taken back: it counts in no period. */
void tr_quotas_void(treaty_engine *engine, uint64_t seq);

/* Somebody is about to be absent at other times than was said before. */
void tr_quotas_keep_absence(treaty_engine *engine, uint32_t rep);

/* Whether a party owes so many of these in a period that runs. */
bool tr_quotas_runs(const treaty_engine *engine, const char *party, const char *counted);

#endif

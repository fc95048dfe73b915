/* snapshot.h - how an account stood at some places of its history: what was known of it and had
 * been counted, so that it is built anew from the last of them before a late event, and not from
 * its first event.
 *
 *     events    1 2 3 …  512 …  768 …  896 …  960 …  992 … 1008 . . . 1024
 *     snapshots           x      x      x      x      x      x
 *     late event                                                 ^   goes on from 1008
 *
 * They are taken while an account is built anew, by the number of events that lie before: at
 * multiples of TR_SNAPSHOT_EVENTS, and of each power of two the two latest multiples stay. So of n
 * events there are some 2 log n, and whoever goes back d events finds one within 2 d. An account
 * whose events come in order has none.
 *
 * A snapshot holds as long as what lies before it is what it was: whoever notes, voids or moves an
 * event says from where on the past is another one.
 *
 * The pieces belong to the engine's memory. Those of all accounts together take TR_SNAPSHOTS_BYTES
 * at most; then those of the account that was built anew longest ago go. */
#ifndef TR_SNAPSHOT_H
#define TR_SNAPSHOT_H

#include "engine/state.h"

/* Fewer events are observed once more sooner than they are kept apart. */
#define TR_SNAPSHOT_EVENTS 16

/* A place in an account's history. */
typedef struct tr_past_place {
  tr_stamp at;          /* of the last event that lies before it; time_ms INT64_MIN: none does */
  uint32_t events;      /* that lie before it */
  uint64_t behind_from; /* no event noted by now that lies behind it has a lower SEQ */
} tr_past_place;

/* Keeps how the account stands now, where one who knows that it has `events` in all would keep a
 * snapshot at this place. */
void tr_snapshot_take(treaty_engine *engine, const tr_account *account, tr_past_place place,
                      uint32_t events);

/* Puts an emptied account to its latest snapshot; false: it has none, and stays empty. */
bool tr_snapshot_go_back(treaty_engine *engine, tr_account *account, tr_past_place *place);

/* From an event on (time, SEQ) the account's past is another now. */
void tr_snapshots_drop(treaty_engine *engine, const tr_account *account, tr_stamp from);

#endif

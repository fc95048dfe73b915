/* crowd.h - the leads of an account that has many of them: each is found without looking at the
 * others, and a step looks only at those that it can have changed.
 *
 * An account of TR_FEW leads or less has no crowd; looking at each costs less. Else, of the leads
 * that are open, by (key, ordinal):
 *
 *   until    key: the instant at which time alone could change something at the lead
 *   latest   key: its latest event, newest first
 *   looks    no key: those that the present pass is still to look at, in order of opening
 *
 * The places belong to the engine's memory, and live as long as it. */
#ifndef TR_CROWD_H
#define TR_CROWD_H

#include "engine/state.h"

/* A lead, and where it stands in the heaps. */
typedef struct tr_crowd_lead {
  tr_lead *lead;
  uint32_t until, latest, look; /* TR_HEAP_NONE: it does not */
} tr_crowd_lead;

/* The leads in which a person is a member, by place; closed ones are dropped in passing. */
typedef struct tr_crowd_parts {
  uint32_t *leads;
  uint32_t count, room;
} tr_crowd_parts;

typedef struct tr_crowd {
  tr_crowd_lead *leads; /* in order of opening, the closed ones too: place = ordinal - 1 */
  uint32_t count, room;
  tr_map ids; /* to places */
  tr_heap until, latest, looks;
  uint32_t *open; /* places in order of opening; closed ones are dropped in passing */
  uint32_t open_count, open_room;
  tr_crowd_parts *parts; /* by the person's number */
  uint32_t part_room;
} tr_crowd;

/* Takes the account's last lead in; makes the crowd, with all leads so far, when there is none. */
void tr_crowd_add(treaty_engine *engine, tr_account *account);

/* The person has become a member of the lead. */
void tr_crowd_join(treaty_engine *engine, tr_crowd *crowd, const tr_person *person,
                   const tr_lead *lead);

/* The lead's latest event has changed. */
void tr_crowd_heard(tr_crowd *crowd, const tr_lead *lead);

tr_lead *tr_crowd_find(const tr_crowd *crowd, const char *id, size_t length);

/* The open lead with the latest event; NULL: none is open. */
tr_lead *tr_crowd_latest(const tr_crowd *crowd);

/* When time alone could change something at some lead. */
int64_t tr_crowd_until(const tr_crowd *crowd);

/* ---- One pass over those that may have changed ----------------------------------------------- */

void tr_crowd_look(tr_crowd *crowd, const tr_lead *lead);
void tr_crowd_look_due(tr_crowd *crowd, int64_t clock_ms);
void tr_crowd_look_person(tr_crowd *crowd, const tr_person *person);
void tr_crowd_look_all(tr_crowd *crowd);

/* The next in order of opening; NULL: all have been looked at. Whoever has looked at it settles
 * it. */
tr_lead *tr_crowd_next(tr_crowd *crowd);
void tr_crowd_settle(tr_crowd *crowd, const tr_lead *lead);

#endif

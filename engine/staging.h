/* staging.h - what has to be there, and to happen, for a case that a proof has found to come about:
 * what is known of the account, the lead and its people, and which events come how long before.
 *
 * The case says what each variable of the question is. Fields are given as they stand; for the rest
 * further questions are put to the proof, and what they find joins the case:
 *
 *     any member has (roles has decider)      which facts make it true of somebody?   a new member
 *     count of demo in last 30 days >= 2      what is in an event that is a demo?     two events
 *     engagement of a member >= 40            which events bring so many points?      her events
 *
 * All of this is only tried: whether the case has come about, the engine says (witness.c). */
#ifndef TR_STAGING_H
#define TR_STAGING_H

#include "engine/proof.h"

/* More people, and more events, would make no test that anybody reads. */
#define TR_STAGED_PEOPLE_MAX 12
#define TR_STAGED_EVENTS_MAX 60

/* Of the lead and its account, not of one of its people. */
#define TR_NOBODY UINT32_MAX

/* What the case says of a variable. */
typedef struct tr_staged_fact {
  uint32_t variable;
  uint32_t who; /* of which person; TR_NOBODY: none */
  tr_cell_value cell;
  bool as_nothing; /* 0 would do as well: nothing compared with lies between */
} tr_staged_fact;

typedef TR_LIST(tr_staged_fact) tr_staged_facts;

typedef struct tr_staged_event {
  const tr_event_decl *event;
  const char *name;  /* of the signal or event that was looked for */
  const char *given; /* what it carries, between its braces; NULL: nothing */
  int64_t age_ms;    /* at the end */
  uint32_t who;      /* who causes it; TR_NOBODY: it is not said */
} tr_staged_event;

typedef struct tr_staging {
  tr_proof *proof;
  tr_arena *arena;
  uint32_t stage;        /* of the lead */
  tr_staged_facts facts; /* of all so far */
  uint32_t people;
  TR_LIST(tr_staged_event) events;
  int64_t age_ms;     /* how old the lead has to be at the end */
  bool asks_members;  /* of some of it: whether all members are known may matter */
  uint32_t questions; /* that were put to the proof */
  bool beyond;        /* of some fact nothing is known that would make it so: */
  tr_staged_fact beyond_fact;
} tr_staging;

/* The case that the proof has just found, and what makes it come about. */
void tr_staging_make(tr_staging *staging, tr_proof *proof, uint32_t stage);

/* What it was that is beyond all this, as in "'phase' is search". */
const char *tr_staging_beyond_text(const tr_staging *staging);

/* Each line ends with a line feed. `day` is the date at the end, `whole` says that all members are
 * known; `stage` of the lead: NULL: is not given. */
const char *tr_staging_account(const tr_staging *staging, int64_t day);
const char *tr_staging_people(const tr_staging *staging, int64_t day);
const char *tr_staging_lead(const tr_staging *staging, int64_t day, bool whole, const char *stage);
/* The oldest first, with the time that passes up to each, and up to the end. */
const char *tr_staging_events(const tr_staging *staging);

/* ---- Among the files of it ------------------------------------------------------------------- */

/* What `who` is known to be joins the question; `wanted` comes before it, the search behind. */
void tr_staging_hold(const tr_staging *staging, uint32_t who);
/* The search; false: no such case is known. */
bool tr_staging_search(tr_staging *staging, uint32_t who);
/* What the search has found out joins the case. */
void tr_staging_take(tr_staging *staging, uint32_t who);
/* Nothing is known that would make this so. */
void tr_staging_beyond(tr_staging *staging, const tr_staged_fact *fact);
/* `name value` of a field: NULL: nothing has to be said of it. */
const char *tr_staging_value(const tr_staging *staging, const tr_staged_facts *facts,
                             const tr_staged_fact *fact);
/* One more person; TR_NOBODY: there are too many. */
uint32_t tr_staging_person(tr_staging *staging);

/* staging_people.c: a condition on members. */
void tr_staging_group(tr_staging *staging, const tr_staged_fact *fact);
/* staging_events.c: what is counted, summed up or waited for. */
void tr_staging_count(tr_staging *staging, const tr_staged_fact *fact);
void tr_staging_measure(tr_staging *staging, const tr_staged_fact *fact);
void tr_staging_days(tr_staging *staging, const tr_staged_fact *fact);
void tr_staging_since(tr_staging *staging, const tr_staged_fact *fact);
void tr_staging_score(tr_staging *staging, const tr_staged_fact *fact);
void tr_staging_phase(tr_staging *staging, const tr_staged_fact *fact);

#endif

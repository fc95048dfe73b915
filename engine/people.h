/* people.h - who has a lead: teams, their people, and whose turn it is.
 *
 *   lead enters SAL -> assign SAL to account.rep else north where … else north
 *                                     |                |
 *                        one who is there and not absent; of a team the next in turn
 *
 * The people of an engine are those of the program and those that `rep.joined` names, in that
 * order. Choices follow from the log alone: the same log, the same choices. */
#ifndef TR_PEOPLE_H
#define TR_PEOPLE_H

#include "engine/queue.h"
#include "engine/step.h"

/* [from, until) */
typedef struct tr_absence {
  int64_t from_ms, until_ms;
} tr_absence;

/* One of the people, as things stand. */
struct tr_rep {
  treaty_text id;
  int64_t text; /* the number of the id among the engine's texts */
  uint32_t team;
  const tr_calendar *hours; /* NULL: around the clock */
  int64_t share_millionths;
  int64_t absent_from_ms, absent_until_ms; /* [from, until); the same: not absent */
  tr_absence *absences;                    /* those that were said before, for quotas */
  uint32_t absence_count, absence_room;
  int64_t since_ms;           /* with the party, without having left */
  uint64_t given;             /* leads, by the team's turn */
  uint64_t turn;              /* when the last was: of engine->turns; 0: never */
  tr_held held;               /* leads that the person has now, open ones */
  uint32_t kind;              /* of what is said of people, the program's */
  uint32_t alike;             /* the queue of those of the team who are of the kind */
  uint32_t places[TR_QUEUES]; /* in the queues of the team; TR_NONE: in that it is not */
  bool left;
  int64_t placed_ms, absence_ms; /* of what events say: where they work, when they are absent */
};

/* Takes in the people of the program. */
void tr_people_init(treaty_engine *engine);

/* The number of somebody; TR_NONE: there is nobody of this id. */
uint32_t tr_people_find(const treaty_engine *engine, treaty_text id);

/* Does what an event of std/events says of people; it belongs to no account. */
void tr_people_event(treaty_engine *engine);
/* That the present event is about nothing that there is. `account` may be NULL. */
void tr_people_note_nothing(treaty_engine *engine, const tr_account *account, const char *why);
/* The present event takes a lead that is open to a team, or passes one on. */
void tr_people_take(tr_step_context *context);

/* Whose they are, and whether they are there now. */
uint32_t tr_people_party(const treaty_engine *engine, uint32_t rep);
bool tr_people_are_there(const treaty_engine *engine, uint32_t rep);
/* Somebody has decided so. */
void tr_people_pass(tr_step_context *context, tr_lead *lead, uint32_t rep,
                    const tr_clause_def *clause);

/* A `reassign` or `open` clause acts. */
void tr_people_turn(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause);
/* A step of a duty does: the team has another turn, or its first taker gets the lead. */
void tr_people_step(tr_step_context *context, tr_lead *lead, const tr_step_def *step,
                    const tr_clause_def *clause);
/* Whether the lead's person is absent for longer than a `reassign` clause allows, now; holds the
 * lead until that changes. */
bool tr_people_is_absent(tr_step_context *context, tr_lead *lead, int64_t more_than_ms);

/* ---- held.c ---------------------------------------------------------------------------------- */

/* Whoever has the lead has it from now on; or nobody can have it. */
void tr_held_add(treaty_engine *engine, tr_account *account, tr_lead *lead);
/* That is over, if it was so. */
void tr_held_remove(treaty_engine *engine, tr_lead *lead);
/* The leads that the person has, and those that nobody can have, are looked at, at this instant. */
void tr_held_look(treaty_engine *engine, uint32_t rep);

#endif

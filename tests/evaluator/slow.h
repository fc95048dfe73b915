/* slow.h - a second evaluator of treaties: slow, and as plain as it can be made.
 *
 * Of what is known it keeps the events and nothing else. Whatever it is asked, it goes through all
 * of them again, in order of time, and walks the tree of the expression. What was decided stays: of
 * that it keeps how things stand (slow_deal.h), goes through all clauses of all leads at each event
 * and whenever time could bring something, and counts open time minute by minute. No code of the
 * engine's evaluation is in it: what both say of the same events must be the same.
 *
 * To which lead an event goes, when a lead opens and who is who is told to it. */
#ifndef SLOW_H
#define SLOW_H

#include <limits.h>

#include "engine/symbols.h"
#include "treaty.h"

enum { SLOW_UNKNOWN, SLOW_KNOWN, SLOW_RANGE };

/* As tr_value: of a set, the bits in it and the bits not in it. `fuzzy`: a score that halves stands
 * in it, and the last digit may be another one. */
typedef struct slow_value {
  int known;
  int64_t low, high;
  bool fuzzy;
} slow_value;

#define SLOW_NONE (-1)

/* From where an expression looks: numbers of accounts, persons, leads; SLOW_NONE: not at hand. */
typedef struct slow_view {
  int account, person, lead;
} slow_view;

/* An instant, and the event behind which; SLOW_BY_TIME: behind all of the instant. */
typedef struct slow_stamp {
  int64_t time_ms;
  int number;
} slow_stamp;
#define SLOW_BY_TIME INT_MAX

typedef struct slow slow;

/* The program's tree must be checked, and outlive it. */
slow *slow_new(const treaty_program *program);
void slow_free(slow *slow);

/* An event that was accepted: whose it is, and when it counts. It must live as long. */
void slow_add(slow *slow, const treaty_event *event, int64_t time_ms, slow_view whose);

/* What was said about them since; events by number, from 0, in the order in which they were
 * added. */
void slow_void(slow *slow, int event);
void slow_merge_accounts(slow *slow, int kept, int gone);
void slow_join_leads(slow *slow, int kept, int gone);
/* `after`: the event that had come last by then. */
void slow_open_lead(slow *slow, int lead, int account, slow_stamp at, slow_stamp after);
/* The lead is of another account now. */
void slow_move_lead(slow *slow, int lead, int account);

/* ---- What is decided ------------------------------------------------------------------------- */

typedef struct slow_decision {
  int lead;
  tr_span span; /* the clause; all zero: none */
  treaty_decision decision;
} slow_decision;

/* All that an event of the account sets off at that instant. */
void slow_step(slow *slow, int account, int event, int64_t now_ms);
/* All that time alone does, account by account. */
void slow_pass(slow *slow, int64_t now_ms);
/* What an event says of people, of no account. */
void slow_people_event(slow *slow, int event);
/* What was decided since the last call. */
const slow_decision *slow_decisions(slow *slow, int *count);
/* Whether it could have come otherwise, by the last digit of a score that halves. */
bool slow_is_in_doubt(const slow *slow);
/* The next instant behind that one at which time alone could bring something. Not all those are
 * among them at which a score has halved so far. */
int64_t slow_next_look(const slow *slow, int64_t after_ms);
bool slow_is_open(const slow *slow, int lead);
/* Whether the party may contact somebody (or, SLOW_NONE, the account) then, if nothing happens. */
bool slow_may_contact(slow *slow, slow_view view, const char *party, int64_t now_ms);

/* ---- What is known --------------------------------------------------------------------------- */

/* Who somebody is by now. */
int slow_account_of(const slow *slow, int account);
int slow_lead_of(const slow *slow, int lead);
/* Whether the person belongs to the buying center. */
bool slow_is_member(const slow *slow, int lead, int person);

/* Has everything that came until now count anew; to be called before it is asked. What time alone
 * brings has come until `until_ms`. */
void slow_recount(slow *slow, int64_t until_ms);

slow_value slow_field(slow *slow, tr_entity entity, uint32_t field, slow_view view, int64_t now_ms);
slow_value slow_score(slow *slow, uint32_t score, slow_view view, int64_t now_ms);
slow_value slow_define(slow *slow, uint32_t define, slow_view view, int64_t now_ms);
int slow_phase(const slow *slow, slow_view view);
/* Of one that the lead is in or has passed: not inferred. */
bool slow_phase_is_observed(const slow *slow, int phase, slow_view view);
slow_value slow_kept(slow *slow, uint32_t index, slow_view view);
/* A truth: KNOWN with 1 met, 0 not met; UNKNOWN open. */
slow_value slow_criterion(slow *slow, uint32_t criterion, slow_view view, int64_t now_ms);

#endif

/* check_clause.h - what the checks of the clauses of one agreement share. */
#ifndef TR_CHECK_CLAUSE_H
#define TR_CHECK_CLAUSE_H

#include "engine/check.h"

/* A stage of this name; NULL after saying that there is none. */
const tr_stage *tr_check_stage_named(tr_check *check, tr_name name);

/* Says it where a party that gains, loses or owes something has not signed the agreement. */
void tr_check_bound(tr_check *check, const tr_agreement *agreement, const char *party, tr_span span,
                    const char *does);

/* The reason of a way to a stage; `can_say`: whether this kind of clause can give one. */
void tr_check_reason(tr_check *check, const tr_stage *stage, tr_name reason, tr_span way,
                     const tr_event_decl *event, bool can_say);

/* An event or signal that a clause waits for; gives the one event behind it, or NULL. */
const tr_event_decl *tr_check_awaited(tr_check *check, tr_name by);

/* check_people.c: who is given a lead. */
void tr_check_assign(tr_check *check, const tr_agreement *agreement, tr_clause *clause);

/* check_duty.c: the hand-over on whose terms a step of `clause` offers the lead to a party, by its
 * place in the agreement; UINT32_MAX: there is none. */
uint32_t tr_check_hand_to(const tr_agreement *agreement, const tr_clause *clause,
                          const char *party);

/* check_duty.c: a time allowed with its steps, and what a party owes. */
void tr_check_terms(tr_check *check, const tr_agreement *agreement, tr_clause *clause);
void tr_check_duty(tr_check *check, const tr_agreement *agreement, tr_clause *clause);

/* check_quota.c: how much a party owes in each period. */
void tr_check_quota(tr_check *check, const tr_agreement *agreement, tr_clause *clause);

/* check_contact.c: how much contact is allowed, and when none is. */
void tr_check_limit(tr_check *check, const tr_agreement *agreement, tr_clause *clause);

/* check_play.c: what to bring to whom; and which phases and roles have no play. */
void tr_check_play(tr_check *check, tr_clause *clause);
void tr_check_plays(tr_check *check, const tr_agreement *agreement);

#endif

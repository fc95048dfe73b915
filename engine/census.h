/* census.h - `any member has (…)`, `every member has (…)`, `count of members with (…)`, `sum of …
 * of members` where a lead has many members: what each has answered is kept, and who has changed is
 * asked again.
 *
 *     answers    no  yes  no  open  no  …        by member, in the order in which they came
 *     counts     yes 1, open 1, no …             of these: the value of the quantifier
 *     untils     (09:30, 1) (11:00, 4) …         until when an answer holds, earliest first
 *     changes    p7 p3 p7 …                      of the account: persons to be asked again
 *
 * A census reads the account's changes as far as it has not, asks those persons and those whose
 * answer has run out, and has the value. Only conditions that ask nothing but what the person and
 * the member have for themselves are kept so (tr_code.of_member): nothing else can change an
 * answer. Of sums and extremes the values are kept in a segment tree (segments.h) instead. A lead
 * of TR_FEW members or less has none; looking at each costs less.
 *
 * The pieces belong to the engine's memory. */
#ifndef TR_CENSUS_H
#define TR_CENSUS_H

#include "engine/evaluate.h"
#include "engine/segments.h"

/* What a lead keeps of its members when they are many. */
typedef struct tr_members {
  tr_map places; /* by the person's number */
  struct tr_census *censuses;
} tr_members;

/* How many of the members that are there have answered so. */
typedef struct tr_answers {
  uint32_t yes, open, no;
} tr_answers;

/* Something that the person or one of its members has for itself may have changed. */
void tr_census_person(treaty_engine *engine, tr_account *account, const tr_person *person);
/* Anything in the account may have. */
void tr_census_anew(tr_account *account);

/* The answers of a lead's members to a condition, with until when they hold; false: no census is
 * kept of it, each is to be asked. */
bool tr_census_take(tr_eval *eval, const tr_code *code, tr_view view, tr_answers *answers);

/* The same of their values, for TR_OP_SUM, TR_OP_MAX or TR_OP_MIN. */
bool tr_census_values(tr_eval *eval, tr_opcode op, const tr_code *code, tr_view view,
                      tr_aggregate *all);

/* Of a lead that leaves its account. */
void tr_members_free(treaty_engine *engine, tr_lead *lead);

#endif

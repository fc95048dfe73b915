/* poll.h - `any other lead of account has (…)`, `sum of … of leads of account` where an account
 * has many leads: in one look through them all ask all others the same, so each is asked once.
 *
 *     answers    no  yes  no  open  …        by ordinal; without one's own: that of all others
 *     before     a   ab   abc abcd  …        of values: what those up to each come to, …
 *     behind     bcd cd   d   -              … and those behind it
 *
 * A poll holds as long as nothing changes that a lead could answer by (engine->polls.now). There is
 * none of an account without a crowd, nor of what asks something of the lead that it is asked for.
 * The bytes are the engine's: one a lead, of values 224. */
#ifndef TR_POLL_H
#define TR_POLL_H

#include "engine/aggregate.h"
#include "engine/census.h"

typedef struct tr_poll tr_poll;

/* One look through the leads of an account begins, or is over. */
void tr_polls_open(treaty_engine *engine);
void tr_polls_close(treaty_engine *engine);

/* What the leads say to a condition or a value, as other leads see them; lowers eval->until_ms to
 * when it could be another. NULL: each is to be asked. */
const tr_poll *tr_poll_take(tr_eval *eval, tr_opcode op, const tr_code *code, tr_view view);

/* Of all but one; NULL: of all. */
tr_answers tr_poll_answers(const tr_poll *poll, const tr_lead *but);
tr_aggregate tr_poll_values(const tr_eval *eval, const tr_poll *poll, const tr_lead *but);

#endif

/* summary.h - what a manager wants to see after a run: events, leads, hand-overs, answers, wins; in
 * all and split by a field of the leads.
 *
 * It is made of a ledger of the decisions and of a last look at all leads. Times are ranked of what
 * was accepted: what is accepted at once had no answer, and an answer dated before its offer took
 * no time, so neither is ranked. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "runtime/buffer.h"
#include "runtime/replay.h"
#include "treaty.h"

typedef struct summary summary;

/* `by`: the field to split by, borrowed, or NULL. */
summary *summary_new(const char *by);
void summary_free(summary *summary);

void summary_add(summary *summary, const treaty_decision *decision);

/* The last look, once; the engine is not called any more before the summary is shown. `account`:
 * only its leads; bytes NULL: all. False: leads have no field of the name `by`. */
TREATY_MUST_USE bool summary_finish(summary *summary, treaty_engine *engine, treaty_text account);

void summary_text(const summary *summary, const treaty_program *program,
                  const replay_counts *counts, buffer *out);

/* One object, with a line end. */
void summary_json(const summary *summary, const treaty_program *program,
                  const replay_counts *counts, buffer *out);

#endif

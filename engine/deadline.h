/* deadline.h - a time allowed, on somebody's clock, with steps on the way: the one machinery behind
 * `respond within` and `owes … within`.
 *
 *   started --- 50% step --- pause ~~~~~~ --- 100% broken, its steps --- 200% step
 *
 * Open time is counted in the calendar of the terms; a pause moves what is still to come by the
 * open time that it took. A step is never early: what is left of a millisecond is rounded up. */
#ifndef TR_DEADLINE_H
#define TR_DEADLINE_H

#include "engine/step.h"

/* Starts the clock, all zero or one that ran before, at the engine's. A tier that cannot be told
 * yet leaves the deadline open: it counts from the start once it is known. */
void tr_deadline_start(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                       tr_deadline *clock);

/* Whoever lets a clock go frees this of it; takes NULL. */
void tr_rarely_free(treaty_engine *engine, tr_rarely *rarely);

/* What falls due now, one after the other in order of time. */
typedef enum tr_due { DUE_NOTHING, DUE_STEP, DUE_BREACH } tr_due;
tr_due tr_deadline_take(tr_step_context *context, const tr_terms_def *terms, tr_deadline *clock,
                        const tr_step_def **step);

/* Whether the time allowed has passed, and nothing has said so yet. */
bool tr_deadline_is_missed(const tr_step_context *context, const tr_deadline *clock);

/* What the look at the terms' conditions has changed. */
typedef enum tr_pause { PAUSE_SAME, PAUSE_BEGINS, PAUSE_ENDS } tr_pause;

/* Looks whether it still pauses, and for a tier that has become known; `all`: also where nothing
 * touched the conditions. *trace gets the facts that it rests on. */
tr_pause tr_deadline_look(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                          tr_deadline *clock, bool all, tr_trace *trace);

/* The clock is over, at the engine's: a pause that it was in is, too. */
void tr_deadline_stop(const treaty_engine *engine, const tr_terms_def *terms, tr_deadline *clock);

/* Whether something done at an instant is late. */
bool tr_deadline_is_late(const tr_deadline *clock, int64_t done_ms);

/* Open time between the start and an instant, less pauses; 0 where it lies before. */
int64_t tr_deadline_open_ms(const tr_terms_def *terms, const tr_deadline *clock, int64_t until_ms);
bool tr_deadline_is_paused(const tr_deadline *clock);
/* The instant by which it is to be done; TR_NEVER: there is none, or the clock stands still. */
int64_t tr_deadline_due(const tr_deadline *clock);

/* Writes start, due and, with `until_ms`, open, wall and paused time into a decision. */
void tr_deadline_tell(const tr_deadline *clock, treaty_decision *decision);
void tr_deadline_tell_times(const tr_terms_def *terms, const tr_deadline *clock, int64_t until_ms,
                            treaty_decision *decision);

#endif

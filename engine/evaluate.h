/* evaluate.h - what an expression is worth, from somewhere, at an instant, and until when.
 *
 * A value is known, unknown, or a range: the least and the most that it could be while something is
 * unknown. Every evaluation lowers `until_ms` to the earliest instant at which time alone could
 * change the answer; it may be too early, never too late (the timer then looks again). */
#ifndef TR_EVALUATE_H
#define TR_EVALUATE_H

#include <string.h>

#include "engine/state.h"
#include "engine/symbols.h"

typedef enum tr_known { UNKNOWN, KNOWN, RANGE } tr_known;

/* What points that halve are worth at an instant, plus a part that stays. */
typedef struct tr_course {
  tr_decaying points;
  __int128 rest;
} tr_course;

/* How a decaying score moves: what it is at least and at most, cut off at its bounds. */
typedef struct tr_worth {
  tr_course low, high;
  int64_t least, most; /* INT64_MIN, INT64_MAX: no bound */
  int64_t break_ms;    /* until when this form holds; TR_NEVER: always */
} tr_worth;

typedef struct tr_value {
  int64_t low, high; /* the same where known; of a set: the bits in it, the bits not in it */
  tr_known known;    /* a set is always KNOWN: its bits tell */
  int8_t grows;      /* 1: with the clock, a millisecond each millisecond: an age; -1: shrinks so */
  const tr_worth *worth;        /* of a decaying score, or NULL */
  const struct tr_tally *tally; /* of events counted in a span, or NULL */
} tr_value;

/* How a count moves: one less when the oldest leaves the span. */
typedef struct tr_tally {
  const tr_cell *cell;
  uint32_t first; /* the oldest that is counted */
  int64_t span_ms;
} tr_tally;

/* From where an expression looks; NULL: not at hand, and its facts are unknown. */
typedef struct tr_view {
  const tr_account *account;
  const tr_person *person;
  const tr_lead *lead;
  const tr_member *member;
  bool before; /* the lead's stage as it was when the step began: of other leads */
  const struct tr_view *outside; /* within a group of leads: from where it is asked */
} tr_view;

/* The facts that were looked at, for `because`. */
typedef struct tr_trace {
  TR_LIST(treaty_because) facts;
} tr_trace;

typedef struct tr_eval {
  treaty_engine *engine;
  int64_t now_ms;
  int64_t until_ms;
  tr_trace *trace;      /* NULL: not asked */
  bool criteria_afresh; /* as they are, not as the leads' step found them last */
} tr_eval;

tr_value tr_evaluate(tr_eval *eval, const tr_code *code, tr_view view);

/* Of a condition; code of no instructions is true. */
treaty_truth tr_evaluate_truth(tr_eval *eval, const tr_code *code, tr_view view);

static inline treaty_truth tr_truth_of(tr_value value) {
  if (value.known != KNOWN) return TREATY_UNKNOWN;
  return value.low ? TREATY_TRUE : TREATY_FALSE;
}
static inline tr_value tr_truth_value(treaty_truth truth) {
  return (tr_value){.known = truth == TREATY_UNKNOWN ? UNKNOWN : KNOWN,
                    .low = truth == TREATY_TRUE,
                    .high = truth == TREATY_TRUE};
}
/* The bits of a set of so many values, 64 at most. */
static inline uint64_t tr_set_mask(uint32_t count) {
  return count == 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
}
static inline tr_value tr_known_value(int64_t number) {
  return (tr_value){.low = number, .high = number, .known = KNOWN};
}

/* Met (true), not met (false) or open; true on both sides is a contradiction, and open. */
treaty_truth tr_criterion_now(tr_eval *eval, const tr_criterion_def *criterion, tr_view view);

/* A field's value as the view's entity has it. */
tr_value tr_field_value(tr_eval *eval, const tr_slot_field *field, const tr_entity_state *state);
const tr_entity_state *tr_view_state(tr_view view, tr_entity entity);
/* The same, to be changed by who may: an event that is taken in, a signal that comes about. */
static inline tr_entity_state *tr_view_changes(tr_view view, tr_entity entity) {
  return (tr_entity_state *)tr_view_state(view, entity);
}

/* Lowers `until_ms` to when a value that moves comes to the other side of `level`: at least it, or
 * below it. */
void tr_eval_watch(tr_eval *eval, tr_value moving, int64_t level);
/* A count that goes into arithmetic is looked at again whenever it changes. */
void tr_eval_settle(tr_eval *eval, tr_value value);

/* Who has the lead: a text, or unknown. */
tr_value tr_people_rep(const treaty_engine *engine, const tr_lead *lead);

/* ---- catalogue.c: rows looked up by their keys ----------------------------------------------- */

/* The cell of a column that is no key; unknown where a key is, or where there is no such row. */
tr_value tr_catalogue_read(tr_eval *eval, const tr_value *keys, uint32_t index, uint32_t column);

/* ---- table.c: decision tables ---------------------------------------------------------------- */

tr_value tr_table_read(tr_eval *eval, const tr_table_def *table, tr_view view);

/* ---- window.c: cells of counted events ------------------------------------------------------- */

/* Counts what is happening now. */
void tr_window_count(treaty_engine *engine, tr_cells *cells, const tr_window *window);
/* How many in (now - span, now], as a number; span < 0: ever. */
tr_value tr_window_read(tr_eval *eval, const tr_cells *cells, const tr_window *window,
                        int64_t span_ms);
/* When time alone brings the count below `level` (a number); TR_NEVER: it does not, or it is below
 * already. */
int64_t tr_tally_until(const tr_tally *tally, int64_t level);
/* When it changes at all. */
int64_t tr_tally_change(const tr_tally *tally);
/* How many came in (time - span, time] and before what has that time and order. */
uint32_t tr_window_before(const tr_cells *cells, const tr_window *window, tr_stamp event,
                          int64_t span_ms);
/* Whether one came in (time - within, time] and before what has that time and order. */
bool tr_window_follows(const tr_cells *cells, const tr_window *window, tr_stamp event,
                       int64_t within_ms);
/* When the latest was; false: there was none. */
bool tr_window_latest(const tr_cells *cells, const tr_window *window, int64_t *time_ms,
                      uint64_t *seq);

/* ---- measure.c: sums, extremes and days of events -------------------------------------------- */

/* Takes the present event in, whose signal has fired. */
void tr_measure_count(treaty_engine *engine, tr_cells *cells, const tr_measure *measure);
/* Over (now - span, now]; span < 0: ever. An extreme of nothing is unknown. */
tr_value tr_measure_read(tr_eval *eval, const tr_cells *cells, const tr_measure *measure,
                         int64_t span_ms);

/* ---- score.c --------------------------------------------------------------------------------- */

/* Lets the signals that have fired add their points to the scores of one entity. */
void tr_score_events(treaty_engine *engine, tr_entity entity, tr_cells *cells, tr_view view);
/* A lead has entered a stage: scores that this resets, of all whom the lead concerns. */
void tr_scores_enter(treaty_engine *engine, tr_account *account, tr_lead *lead, uint32_t stage,
                     tr_stamp at);
/* Whether the lead entered a stage behind the present event, which is of somebody whose scores that
 * may reset: of a member only because of the event. */
bool tr_scores_entered_since(const treaty_engine *engine, const tr_lead *lead);
tr_value tr_score_read(tr_eval *eval, const tr_score_def *score, tr_view view);
/* Its parts, for an engine that keeps points: they add up to `value`. In the step's arena. */
const treaty_point *tr_score_points(const tr_eval *looking, const tr_score_def *score, tr_view view,
                                    tr_value value, size_t *count);
/* ---- worth.c: scores that halve -------------------------------------------------------------- */

/* Its points now, without the part that stays. */
int64_t tr_course_points(const tr_eval *eval, const tr_course *course);
/* Until when a comparison with `level` stays as it is. */
int64_t tr_course_until(const tr_eval *eval, const tr_course *course, int64_t level);
int64_t tr_worth_until(const tr_eval *eval, const tr_worth *worth, int64_t level);

/* ---- group.c: members and leads -------------------------------------------------------------- */

tr_value tr_group_value(tr_eval *eval, tr_opcode op, tr_group group, const tr_code *code,
                        tr_view view);

/* ---- stays.c: where a lead has been ---------------------------------------------------------- */

tr_value tr_stay_value(tr_eval *eval, tr_opcode op, uint32_t stage, tr_view view);

/* ---- phase.c: phases of the buyer ------------------------------------------------------------ */

typedef enum tr_phase_standing { PHASE_AHEAD, PHASE_INFERRED, PHASE_OBSERVED } tr_phase_standing;

uint32_t tr_phase_now(const treaty_engine *engine, const tr_lead *lead);
tr_phase_standing tr_phase_stands(const treaty_engine *engine, const tr_lead *lead, uint32_t phase);
tr_value tr_phase_value(tr_eval *eval, tr_view view);

/* ---- keep.c: what a promotion keeps ---------------------------------------------------------- */

tr_value tr_kept_now(uint32_t index, tr_view view);
/* Sets what who looks back sees kept: what was when the event of this time and number came. */
void tr_keep_at(tr_lead *lead, tr_stamp at);

/* ---- texts.c: text values -------------------------------------------------------------------- */

treaty_text tr_text_bytes(const treaty_engine *engine, int64_t value);
/* To the byte. */
static inline bool tr_bytes_same(treaty_text a, treaty_text b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}
/* Number of its fold, or TR_TEXTS_NONE where no stored text folds like it. */
uint32_t tr_text_folded(treaty_engine *engine, int64_t value);
int64_t tr_text_loose(treaty_engine *engine, const char *bytes, size_t length);
/* The same text, to be kept. */
int64_t tr_text_kept(treaty_engine *engine, int64_t value);
bool tr_text_same(treaty_engine *engine, int64_t a, int64_t b);
/* A payload field of the present event; of a list, as text_list.h says. */
tr_value tr_event_value(treaty_engine *engine, uint32_t field);

/* ---- evaluate_text.c: what is asked of texts ------------------------------------------------- */

/* Whether they are the same, or one holds the other as the operation says. */
tr_value tr_text_compare(tr_eval *eval, tr_opcode op, tr_value a, tr_value b);
/* Of a list of texts: whether one of them is the same. */
tr_value tr_text_has(tr_eval *eval, tr_value list, tr_value wanted);
tr_value tr_text_has_words(tr_eval *eval, tr_value value, uint32_t words);
tr_value tr_text_matches(tr_eval *eval, tr_value value, const tr_match *match);
/* Of an e-mail address or a web address. */
tr_value tr_text_domain(tr_eval *eval, tr_value value);

/* ---- show.c: values as people write them ----------------------------------------------------- */

const char *tr_show(treaty_engine *engine, tr_arena *arena, const tr_type *type, tr_value value);
void tr_trace_field(tr_eval *eval, const tr_slot_field *field, tr_view view, tr_entity entity,
                    tr_value value);
void tr_trace_add(tr_eval *eval, const char *name, const tr_person *person, const char *value,
                  uint64_t seq);

#endif

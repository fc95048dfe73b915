/* score.h - between the two files of scores: score.c lets events add points and reads the whole,
 * score_life.c knows what becomes of points. */
#ifndef TR_SCORE_H
#define TR_SCORE_H

#include "engine/evaluate.h"

/* The points of one event, where a score keeps them apart: those that expire, and all for an engine
 * that is asked where they come from. */
typedef struct tr_entry {
  tr_stamp at;
  int64_t clock_ms; /* its time by the score's clock */
  int64_t points;   /* millionths */
  uint32_t rule;    /* of the score; TR_NONE: of several, long ago */
  bool of_event;    /* and not of a silence or a stage */
} tr_entry;

/* What events have added, at an instant. */
typedef struct tr_total {
  tr_decaying moving; /* of a score that halves, by the score's clock */
  int64_t sum;        /* of one that does not */
  int64_t until_ms;   /* when some of it expires */
} tr_total;

/* Whether the present event counts: by `counts only while` and `frozen while`. */
bool tr_score_counts(treaty_engine *engine, const tr_score_def *score, tr_view view);

/* A score's clock stands still while the score is frozen. */
int64_t tr_score_clock(const tr_score_def *score, const tr_cells *cells, int64_t time_ms);
void tr_score_freeze(treaty_engine *engine, const tr_score_def *score, tr_cells *cells,
                     int64_t at_ms, bool frozen);

tr_total tr_score_total(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                        int64_t now_ms);
int64_t tr_total_value(const treaty_engine *engine, const tr_score_def *score,
                       const tr_cells *cells, const tr_total *total, int64_t now_ms);
/* As it moves with the time of the world; false: it stands still. */
bool tr_total_moves(const treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                    tr_total *total);

/* The points that are left of some when `never below` floors them at an instant. */
int64_t tr_score_floored(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                         int64_t points, int64_t time_ms);

static inline bool tr_score_keeps_entries(const treaty_engine *engine, const tr_score_def *score) {
  return score->expires_ms > 0 || engine->options.keeps_points;
}
void tr_entry_add(treaty_engine *engine, const tr_score_def *score, tr_cells *cells, uint32_t rule,
                  int64_t points, tr_stamp at);
/* Those that last at an instant, in order of time. */
const tr_entry *tr_entries_lasting(const tr_score_def *score, const tr_cells *cells, int64_t now_ms,
                                   uint32_t *count);

/* What events have added, as it is worth at an instant. */
int64_t tr_score_now(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                     int64_t now_ms);
/* What a condition adds, at least and at most; false: it cannot be told. */
bool tr_condition_points(tr_eval *eval, const tr_point_rule *rule, tr_view view, int64_t *low,
                         int64_t *high);

#endif

/* score_points.c - where a score comes from: the points of each event, what conditions add, what
 * has halved away, and what the ends of its range cut off. Together they are the score as it is
 * read. */
#include "engine/score.h"

typedef struct parts {
  TR_LIST(treaty_point) list;
  int64_t low, high; /* their sum */
} parts;

static const char *shown(treaty_engine *engine, int64_t low, int64_t high) {
  static const tr_type number = {.kind = TYPE_NUMBER};
  tr_value value = {.low = low, .high = high, .known = low == high ? KNOWN : RANGE};
  return tr_show(engine, &engine->step, &number, value);
}

static void add(treaty_engine *engine, parts *all, treaty_point point) {
  if (point.low == 0 && point.high == 0) return;
  point.value = shown(engine, point.low, point.high);
  all->low += point.low;
  all->high += point.high;
  TR_PUSH(&engine->step, &all->list, point);
}

static void add_events(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                       int64_t now_ms, parts *all) {
  uint32_t count;
  const tr_entry *entries = tr_entries_lasting(score, cells, now_ms, &count);
  for (uint32_t i = 0; i < count; i++) {
    const tr_entry *entry = &entries[i];
    treaty_point point = {.kind = TREATY_POINT_EARLIER,
                          .seq = entry->of_event ? entry->at.seq / 2 : 0,
                          .time_ms = entry->at.time_ms,
                          .low = entry->points,
                          .high = entry->points};
    if (entry->rule != TR_NONE) {
      const tr_point_rule *rule = &score->rules[entry->rule];
      point.kind = TREATY_POINT_EVENT;
      point.rule = rule->text;
      point.file = rule->file;
      point.line = rule->line;
    }
    add(engine, all, point);
  }
}

static void add_conditions(tr_eval *eval, const tr_score_def *score, tr_view view, parts *all) {
  for (uint32_t r = 0; r < score->rule_count; r++) {
    const tr_point_rule *rule = &score->rules[r];
    treaty_point point = {.kind = TREATY_POINT_CONDITION,
                          .rule = rule->text,
                          .file = rule->file,
                          .line = rule->line,
                          .time_ms = eval->now_ms};
    if (!rule->when.count || !tr_condition_points(eval, rule, view, &point.low, &point.high))
      continue;
    add(eval->engine, all, point);
  }
}

const treaty_point *tr_score_points(const tr_eval *looking, const tr_score_def *score, tr_view view,
                                    tr_value value, size_t *count) {
  tr_eval eval = *looking;
  treaty_engine *engine = eval.engine;
  const tr_entity_state *state = tr_view_state(view, score->entity);
  parts all = {0};
  eval.trace = NULL;
  *count = 0;
  if (value.known == UNKNOWN || !state) return NULL;
  add_events(engine, score, &state->cells, eval.now_ms, &all);
  int64_t left = tr_score_now(engine, score, &state->cells, eval.now_ms) - all.low;
  add(engine, &all,
      (treaty_point){
          .kind = TREATY_POINT_DECAY, .time_ms = eval.now_ms, .low = left, .high = left});
  add_conditions(&eval, score, view, &all);
  add(engine, &all,
      (treaty_point){.kind = TREATY_POINT_RANGE,
                     .time_ms = eval.now_ms,
                     .low = value.low - all.low,
                     .high = value.high - all.high});
  *count = all.list.count;
  return all.list.items;
}

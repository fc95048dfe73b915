/* compile_score.c - scores. */
#include "engine/compile.h"

static bool is_reset(const tr_points *points) {
  return points->kind == POINTS_RESET || points->kind == POINTS_ENTERING;
}

/* What may be reset late keeps the events that count, as a limit does. */
static bool has_resets(const tr_score *score) {
  for (uint32_t i = 0; i < score->points.count; i++) {
    if (is_reset(&score->points.items[i])) return true;
  }
  return false;
}

static void compile_reset(tr_compile *c, const tr_score *score, const tr_points *points,
                          tr_point_rule *rule) {
  rule->reset = true;
  if (points->reset_to) tr_compile_constant(c, points->reset_to, &tr_type_number, &rule->reset_to);
  if (points->kind == POINTS_RESET) {
    rule->signal = tr_compile_trigger(c, points->on);
    return;
  }
  rule->entering = tr_symbol_find(c->symbols, points->on)->index;
  c->program->resets_on_entering = true;
  c->program->resets_people |= score->entity == ENTITY_PERSON || score->entity == ENTITY_MEMBER;
  c->program->keeps_stays = true;
}

static void compile_limits(tr_compile *c, const tr_points *points, tr_point_rule *rule) {
  rule->once = points->once;
  rule->once_in_ms = points->once_in_ms;
  rule->limited = points->at_most != NULL;
  rule->at_most = points->at_most ? points->at_most->number : 0;
  rule->at_most_in_ms = points->at_most_in_ms;
  if (points->per_day) rule->day_zone = tr_compile_zone(c, points->zone, points->span);
}

/* `judged`: what is looked at whenever an event adds points. */
static tr_point_rule compile_points(tr_compile *c, const tr_score *score, const tr_points *points,
                                    tr_bits inputs, tr_bits judged) {
  tr_point_rule rule = {.signal = TR_NONE,
                        .entering = TR_NONE,
                        .cell = TR_NONE,
                        .text = tr_source_quote(c->program->sources, c->arena, points->span),
                        .file = tr_compile_file(c, points->span),
                        .line = tr_compile_line(c, points->span)};
  if (is_reset(points)) {
    compile_reset(c, score, points, &rule);
    return rule;
  }
  const tr_event_decl *event = NULL;
  switch (points->kind) {
    case POINTS_WHEN:
      rule.when = tr_compile_code(c, points->when, NULL, inputs);
      rule.add = tr_compile_code(c, points->add, NULL, inputs);
      return rule;
    case POINTS_LOSES:
      rule.signal = c->program->trigger_count++;
      rule.is_loss = true;
      rule.after_ms = points->after_ms;
      break;
    default:
      rule.signal = tr_compile_trigger(c, points->on);
      event = tr_check_trigger_event(c->check, tr_symbol_find(c->symbols, points->on));
  }
  rule.reads = tr_bits_new(c->arena, c->program->input_words);
  tr_bits_add(rule.reads, judged, c->program->input_words);
  rule.add = tr_compile_code(c, points->add, event, rule.reads);
  compile_limits(c, points, &rule);
  if (rule.once || rule.limited || has_resets(score)) rule.cell = c->cell_counts[score->entity]++;
  return rule;
}

/* Gives what is looked at when an event adds points: a floor and a clock that may stand still
 * depend on what the score was. */
static tr_bits compile_life(tr_compile *c, const tr_score *score, tr_score_def *def) {
  tr_bits judged = tr_bits_new(c->arena, c->program->input_words);
  bool passes = score->halves_ms || score->expires_ms;
  def->floors = score->floors;
  def->expires_ms = score->expires_ms;
  def->counts_while = tr_compile_code(c, score->counts_while, NULL, judged);
  def->frozen_while = tr_compile_code(c, score->frozen_while, NULL, judged);
  def->frost_cell = def->entries_cell = TR_NONE;
  if (score->frozen_while && passes && !score->decay_goes_on)
    def->frost_cell = c->cell_counts[score->entity]++;
  if (score->expires_ms) def->entries_cell = c->cell_counts[score->entity]++;
  if (def->floors || def->frost_cell != TR_NONE) tr_bits_set(judged, def->input);
  return judged;
}

const tr_score_def *tr_compile_score(tr_compile *compile, uint32_t index) {
  tr_score_def *def = &compile->scores[index];
  if (compile->score_done[index]) return def;
  compile->score_done[index] = true;
  const tr_score *score = compile->symbols->tree->scores.items[index];
  *def = (tr_score_def){.name = score->name.text,
                        .entity = score->entity,
                        .halves_ms = score->halves_ms,
                        .has_low = score->low != NULL,
                        .low = score->low ? score->low->number : 0,
                        .has_high = score->high != NULL,
                        .high = score->high ? score->high->number : 0,
                        .cell = compile->cell_counts[score->entity]++,
                        .input = tr_compile_input(compile, score->entity),
                        .inputs = tr_bits_new(compile->arena, compile->program->input_words),
                        .rule_count = score->points.count};
  tr_bits_set(def->inputs, def->input);
  tr_bits judged = compile_life(compile, score, def);
  def->reset_cell = has_resets(score) ? compile->cell_counts[score->entity]++ : TR_NONE;
  tr_point_rule *rules = TR_NEW_ARRAY(compile->arena, tr_point_rule, score->points.count + 1);
  for (uint32_t i = 0; i < score->points.count; i++) {
    rules[i] = compile_points(compile, score, &score->points.items[i], def->inputs, judged);
    def->has_conditions |= score->points.items[i].kind == POINTS_WHEN;
  }
  def->rules = rules;
  return def;
}

/* Behind all other cells: those of scores that keep their points event by event only for an engine
 * that is asked where they come from. */
void tr_compile_entries(tr_compile *compile) {
  uint32_t next[TR_ENTITIES];
  for (int entity = 0; entity < TR_ENTITIES; entity++) next[entity] = compile->cell_counts[entity];
  for (uint32_t i = 0; i < compile->symbols->tree->scores.count; i++) {
    tr_score_def *score = &compile->scores[i];
    if (score->entries_cell == TR_NONE) score->entries_cell = next[score->entity]++;
  }
}

/* compile_measure.c - one measure for all that ask the same of the same events; it keeps as long as
 * the longest of their spans. */
#include <assert.h>

#include "engine/compile.h"

static tr_measure_kind kind_of(const tr_expr *expr) {
  switch (expr->kind) {
    case EXPR_SUM_IN: return MEASURE_SUM;
    case EXPR_MAX_IN: return MEASURE_MAX;
    case EXPR_MIN_IN: return MEASURE_MIN;
    case EXPR_ACTOR: return MEASURE_ACTOR;
    default: assert(expr->kind == EXPR_COUNT_DAYS); return MEASURE_DAYS;
  }
}

static bool is_same(const tr_measure *a, const tr_measure *b) {
  return a->kind == b->kind && a->signal == b->signal && a->entity == b->entity &&
         a->field == b->field && (a->keep_ms < 0) == (b->keep_ms < 0);
}

uint32_t tr_compile_measure(tr_compile *compile, const tr_expr *expr) {
  tr_entity entity = (tr_entity)expr->entity;
  tr_measure measure = {.kind = kind_of(expr),
                        .signal_name = expr->name.text,
                        .field_name = expr->member.text,
                        .signal = tr_compile_trigger(compile, expr->name),
                        .event = tr_compile_event_behind(compile, expr->name),
                        .field = expr->member.text ? expr->index : 0,
                        .entity = entity,
                        .type = expr->type,
                        .keep_ms = expr->number};
  for (uint32_t i = 0; i < compile->measures.count; i++) {
    tr_measure *there = &compile->measures.items[i];
    if (!is_same(there, &measure)) continue;
    if (measure.keep_ms > there->keep_ms) there->keep_ms = measure.keep_ms;
    return i;
  }
  measure.cell = compile->cell_counts[entity]++;
  measure.input = tr_compile_input(compile, entity);
  assert(measure.input < compile->program->input_words * 64);
  TR_PUSH(compile->arena, &compile->measures, measure);
  return compile->measures.count - 1;
}

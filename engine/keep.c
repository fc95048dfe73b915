/* keep.c - `promote … keep X as NAME`: values as they were at the promotion.
 *
 * They are taken before the lead moves, so that `time in stage` is what it was in the stage that it
 * leaves. A later promotion puts its values in their place; the older ones stay for events that
 * come late (history.h). What moves with the clock stands still once it is kept, and a range stays
 * a range. */
#include <string.h>

#include "engine/step.h"

const tr_value *tr_keep_take(tr_step_context *context, const tr_lead *lead,
                             const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  if (clause->keep_count == 0) return NULL;
  tr_value *values = TR_NEW_ARRAY(&engine->step, tr_value, clause->keep_count);
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  for (uint32_t i = 0; i < clause->keep_count; i++) {
    const tr_code *code = &clause->keeps[i].value;
    values[i].known = UNKNOWN;
    if (code->count == 0) continue;
    values[i] = tr_evaluate(&eval, code, (tr_view){.account = context->account, .lead = lead});
  }
  return values;
}

static tr_kept kept_of(treaty_engine *engine, const tr_type *type, tr_value value) {
  bool text = tr_type_is_text(type) || type->kind == TYPE_TEXTS;
  if (text && value.known == KNOWN) value = tr_known_value(tr_text_kept(engine, value.low));
  return (tr_kept){.low = value.low, .high = value.high, .known = (uint8_t)value.known};
}

static tr_keeping *begin_keeping(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  size_t values_bytes = sizeof(tr_kept) * engine->program->kept_count;
  tr_keeping *keeping = tr_pool_alloc(&engine->pool, sizeof *keeping + values_bytes);
  keeping->at =
      (tr_stay){.entered_ms = engine->clock_ms, .seq = engine->seq, .by_time = context->by_time};
  keeping->older = lead->kept;
  if (lead->kept) {
    keeping->before = lead->kept->before;
    memcpy(keeping->values, lead->kept->values, values_bytes);
  }
  return lead->kept = keeping;
}

void tr_keep_store(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                   const tr_value *values) {
  treaty_engine *engine = context->engine;
  if (!values) return;
  tr_keeping *keeping = begin_keeping(context, lead);
  lead->kept_moved = true;
  for (uint32_t i = 0; i < clause->keep_count; i++) {
    const tr_kept_def *kept = &engine->program->kept[clause->keeps[i].kept];
    keeping->values[clause->keeps[i].kept] = kept_of(engine, kept->type, values[i]);
    tr_touch(engine, kept->input);
  }
}

void tr_keep_settle(treaty_engine *engine, tr_lead *lead) {
  for (uint32_t i = 0; i < engine->program->kept_count; i++)
    tr_touch(engine, engine->program->kept[i].input);
  lead->kept->before = lead->kept;
  lead->kept_moved = false;
}

void tr_keep_at(tr_lead *lead, tr_stamp at) {
  const tr_keeping *keeping = lead->kept;
  while (keeping && !tr_stay_before(&keeping->at, at)) keeping = keeping->older;
  if (lead->kept) lead->kept->before = keeping;
}

tr_value tr_kept_now(uint32_t index, tr_view view) {
  const tr_keeping *keeping = view.lead ? view.lead->kept : NULL;
  if (keeping && view.before) keeping = keeping->before;
  if (!keeping) return (tr_value){.known = UNKNOWN};
  const tr_kept *kept = &keeping->values[index];
  return (tr_value){.low = kept->low, .high = kept->high, .known = (tr_known)kept->known};
}

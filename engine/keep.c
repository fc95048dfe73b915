/* keep.c - `promote … keep X as NAME`: values as they were at the promotion.
 *
 * They are taken before the lead moves, so that `time in stage` is what it was in the stage that it
 * leaves. A later promotion puts its values in their place. What moves with the clock stands still
 * once it is kept, and a range stays a range. */
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

void tr_keep_store(treaty_engine *engine, tr_lead *lead, const tr_clause_def *clause,
                   const tr_value *values) {
  const treaty_program *program = engine->program;
  if (!values) return;
  if (!lead->kept)
    lead->kept = tr_pool_alloc(&engine->pool, sizeof *lead->kept * 2 * program->kept_count);
  lead->kept_moved = true;
  for (uint32_t i = 0; i < clause->keep_count; i++) {
    const tr_kept_def *kept = &program->kept[clause->keeps[i].kept];
    lead->kept[clause->keeps[i].kept] = kept_of(engine, kept->type, values[i]);
    tr_touch(engine, kept->input);
  }
}

void tr_keep_settle(treaty_engine *engine, tr_lead *lead) {
  uint32_t count = engine->program->kept_count;
  for (uint32_t i = 0; i < count; i++) tr_touch(engine, engine->program->kept[i].input);
  memcpy(lead->kept + count, lead->kept, sizeof *lead->kept * count);
  lead->kept_moved = false;
}

tr_value tr_kept_now(const treaty_engine *engine, uint32_t index, tr_view view) {
  const tr_lead *lead = view.lead;
  if (!lead || !lead->kept) return (tr_value){.known = UNKNOWN};
  const tr_kept *kept = &lead->kept[index + (view.before ? engine->program->kept_count : 0)];
  return (tr_value){.low = kept->low, .high = kept->high, .known = (tr_known)kept->known};
}

/* decide.c - what was decided, with its number, its clause and its cause. */
#include "engine/step.h"

const char *treaty_decision_type(treaty_decision_kind kind) {
  static const char *const types[] = {
#define TYPE_ROW(name, type, meaning) type,
      TREATY_DECISIONS(TYPE_ROW)
#undef TYPE_ROW
  };
  return types[kind];
}

treaty_decision *tr_decide(tr_step_context *context, treaty_decision_kind kind, const tr_lead *lead,
                           const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  treaty_decision decision = {.kind = kind,
                              .seq = engine->seq,
                              .n = engine->next_n++,
                              .time_ms = engine->clock_ms,
                              .account = tr_id_text(context->account->id),
                              .due_ms = TREATY_NEVER};
  if (lead) {
    decision.lead = tr_id_text(lead->id);
    if (lead->agreement != TR_NONE) {
      decision.agreement = engine->program->agreements[lead->agreement].name;
      decision.version = engine->program->agreements[lead->agreement].version;
    }
  }
  if (clause) {
    decision.file = clause->file;
    decision.line = clause->line;
  }
  if (engine->event) {
    decision.cause_source = engine->event->source;
    decision.cause_id = engine->event->id;
    if (lead && lead == context->bound) decision.chosen_among = context->chosen_among;
  }
  TR_PUSH(&engine->step, &engine->decisions, decision);
  return &engine->decisions.items[engine->decisions.count - 1];
}

void tr_decide_because(treaty_decision *decision, const tr_trace *trace) {
  if (!trace) return;
  decision->because = trace->facts.items;
  decision->because_count = trace->facts.count;
}

const char *tr_reason_of(treaty_engine *engine, const char *fixed, uint32_t field) {
  if (fixed || field == TR_NONE || !engine->event || field >= engine->event->type->field_count)
    return fixed;
  const treaty_field *type = &engine->event->type->fields[field];
  const treaty_value *value = &engine->event->values[field];
  if (!value->present) return NULL;
  if (type->kind == TREATY_ONE_OF || type->kind == TREATY_SCALE)
    return type->values[value->integer];
  if (type->kind != TREATY_TEXT) return NULL;
  return tr_arena_copy(&engine->step, value->text.bytes, value->text.length);
}

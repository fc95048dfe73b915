/* decide.c - what was decided, with its number, its clause and its cause. */
#include <string.h>

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

void tr_decide_actor(const treaty_engine *engine, treaty_decision *decision) {
  if (engine->event) decision->actor = engine->event->actor;
}

/* What people decide comes as an event of others that names their party, if it is one. */
static const char *party_deciding(const treaty_program *program, const treaty_event *event) {
  treaty_text named = event->values[0].present ? event->values[0].text : (treaty_text){0};
  for (uint32_t i = 0; i < program->party_count; i++) {
    const char *party = program->parties[i];
    if (strlen(party) == named.length && memcmp(party, named.bytes, named.length) == 0)
      return party;
  }
  return NULL;
}

void tr_decide_by(const treaty_engine *engine, treaty_decision *decision) {
  const treaty_program *program = engine->program;
  if (!engine->event) return;
  const tr_event_def *event = &program->events[engine->event->type->index];
  bool names_party = event->control >= CONTROL_MOVED && event->control <= CONTROL_RELEASED;
  if (names_party) decision->by = party_deciding(program, engine->event);
  if (!decision->by) decision->by = event->type.cause;
  tr_decide_actor(engine, decision);
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

/* phase.c - the buyer's own progress. Nobody sees it; evidence tells of it, and only the buyer
 * gives evidence.
 *
 *     awareness    specification    search    evaluation         phases, in order
 *        ^             x               -          x              earliest evidence of each
 *     opened        observed        inferred   observed          how it was entered
 *
 * A lead is in the first phase from its opening, and in the last one of which there is evidence. So
 * it passes through all before that: without evidence of its own a phase is inferred. It never goes
 * back: what comes after a later phase is no evidence any more. Only the earliest evidence of each
 * phase is kept, so it does not matter in which order events arrive. */
#include "engine/step.h"

/* The earliest evidence of a phase. */
typedef struct sign {
  int64_t time_ms; /* TR_NEVER: there is none */
  uint64_t seq;
  uint32_t evidence;
} sign;

static uint32_t phase_count(const treaty_engine *engine) {
  const tr_type *type = engine->program->phase_type;
  return type ? type->values.count : 0;
}

/* NULL: there is no evidence of any. */
static const sign *signs_of(const treaty_engine *engine, const tr_lead *lead) {
  if (!engine->program->phase_type) return NULL;
  const tr_cell *cell = tr_cell_find(&lead->state.cells, engine->program->phase_cell);
  return cell && cell->count > 0 ? cell->items : NULL;
}

static sign *make_signs(treaty_engine *engine, tr_lead *lead) {
  tr_cell *cell = tr_cell_make(engine, &lead->state.cells, engine->program->phase_cell);
  uint32_t count = phase_count(engine);
  if (cell->count == count) return cell->items;
  if (!cell->items) {
    cell->items = tr_pool_alloc(&engine->pool, sizeof(sign) * count);
    cell->item_bytes = sizeof(sign);
    cell->room = count;
  }
  for (uint32_t i = 0; i < count; i++) ((sign *)cell->items)[i] = (sign){.time_ms = TR_NEVER};
  cell->count = (uint16_t)count;
  return cell->items;
}

static bool is_before(const sign *a, const sign *b) {
  return a->time_ms != b->time_ms ? a->time_ms < b->time_ms : a->seq < b->seq;
}

uint32_t tr_phase_now(const treaty_engine *engine, const tr_lead *lead) {
  const sign *signs = signs_of(engine, lead);
  uint32_t phase = signs ? phase_count(engine) - 1 : 0;
  while (phase > 0 && signs[phase].time_ms == TR_NEVER) phase--;
  return phase;
}

/* By what a phase was entered that is behind the first: the earliest evidence of it or a later one,
 * of one event that of the phase itself. */
static const sign *entered_by(const treaty_engine *engine, const tr_lead *lead, uint32_t phase) {
  const sign *signs = signs_of(engine, lead), *first = &signs[phase];
  for (uint32_t i = phase + 1; i < phase_count(engine); i++) {
    if (is_before(&signs[i], first)) first = &signs[i];
  }
  return first;
}

tr_phase_standing tr_phase_stands(const treaty_engine *engine, const tr_lead *lead,
                                  uint32_t phase) {
  const sign *signs = signs_of(engine, lead);
  if (phase > tr_phase_now(engine, lead)) return PHASE_AHEAD;
  if (!signs || signs[phase].time_ms == TR_NEVER) return PHASE_INFERRED;
  return entered_by(engine, lead, phase) == &signs[phase] ? PHASE_OBSERVED : PHASE_INFERRED;
}

tr_value tr_phase_value(tr_eval *eval, tr_view view) {
  if (!view.lead) return (tr_value){.known = UNKNOWN};
  uint32_t phase = tr_phase_now(eval->engine, view.lead);
  if (eval->trace) {
    tr_trace_add(eval, "phase", NULL, eval->engine->program->phase_type->values.items[phase].text,
                 phase > 0 ? signs_of(eval->engine, view.lead)[phase].seq : 0);
  }
  return tr_known_value(phase);
}

/* ---- Evidence -------------------------------------------------------------------------------- */

static bool is_given(treaty_engine *engine, const tr_evidence_def *evidence, tr_view view) {
  if (!tr_counts_at(engine, evidence->reach, engine->event_ms)) return false;
  if (evidence->signal != TR_NONE) return tr_fired(engine, evidence->signal);
  tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
  return tr_evaluate_truth(&eval, &evidence->when, view) == TREATY_TRUE;
}

void tr_phases_observe(treaty_engine *engine, tr_lead *lead, tr_view view) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->evidence_count; i++) {
    const tr_evidence_def *evidence = &program->evidence[i];
    if (!is_given(engine, evidence, view)) continue;
    sign here = {.time_ms = engine->event_ms, .seq = engine->seq, .evidence = i};
    sign *there = &make_signs(engine, lead)[evidence->phase];
    if (!is_before(&here, there)) continue;
    *there = here;
    tr_touch(engine, program->phase_input);
  }
}

/* ---- What is said ---------------------------------------------------------------------------- */

static void say(tr_step_context *context, tr_lead *lead, uint32_t from, uint32_t to) {
  const tr_names *names = &context->engine->program->phase_type->values;
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_PHASE_CHANGED, lead, NULL);
  decision->from = names->items[from].text;
  decision->to = names->items[to].text;
}

static void say_entered(tr_step_context *context, tr_lead *lead, uint32_t phase) {
  treaty_engine *engine = context->engine;
  const sign *by = entered_by(engine, lead, phase);
  const tr_evidence_def *evidence = &engine->program->evidence[by->evidence];
  tr_trace trace = {0};
  tr_eval eval = {.engine = engine, .trace = &trace};
  tr_trace_add(&eval, "evidence", NULL, evidence->text, by->seq);
  say(context, lead, phase - 1, phase);
  treaty_decision *decision = &engine->decisions.items[engine->decisions.count - 1];
  decision->inferred = tr_phase_stands(engine, lead, phase) == PHASE_INFERRED;
  decision->file = evidence->file;
  decision->line = evidence->line;
  tr_decide_because(decision, &trace);
}

void tr_phases_say(tr_step_context *context, tr_lead *lead) {
  uint32_t now = tr_phase_now(context->engine, lead);
  /* What it was entered by has been taken back. */
  if (now < lead->phase_said) say(context, lead, lead->phase_said, now);
  for (uint32_t phase = lead->phase_said + 1; phase <= now; phase++)
    say_entered(context, lead, phase);
  lead->phase_said = (uint16_t)now;
}

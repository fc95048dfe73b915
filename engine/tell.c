/* tell.c - messages that clauses say: one at each event that they wait for, or one whenever their
 * condition begins to hold.
 *
 * A message moves nothing and uses nothing up. It looks at no stage: how its condition stood is
 * kept from one stage to the next. */
#include "engine/step.h"

static void tell(tr_step_context *context, const tr_lead *lead, const tr_clause_def *clause,
                 const tr_trace *trace) {
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_TOLD, lead, clause);
  decision->party = clause->who;
  decision->address = clause->address;
  decision->say = clause->say;
  tr_decide_because(decision, trace);
}

/* ---- At an event ----------------------------------------------------------------------------- */

void tr_tell_events(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  const tr_agreement_def *agreement = &engine->program->agreements[lead->agreement];
  for (uint32_t i = 0; i < agreement->tells.count; i++) {
    const tr_clause_def *clause = &agreement->clauses[agreement->tells.clauses[i]];
    if (clause->trigger != TRIGGER_ON) continue;
    if (!tr_happens_at_all(context, lead, clause->signal)) continue;
    tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
    tr_view view = tr_lead_view(context, lead);
    if (tr_evaluate_truth(&eval, &clause->on_where, view) == TREATY_TRUE &&
        !tr_begun_before(context, lead, clause))
      tell(context, lead, clause, NULL);
  }
}

/* ---- When a condition begins to hold --------------------------------------------------------- */

static bool holds(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                  tr_trace *trace) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = trace};
  bool holds = tr_evaluate_truth(&eval, &clause->when, tr_lead_view(context, lead)) == TREATY_TRUE;
  tr_hold_until(lead, eval.until_ms);
  return holds;
}

static void look(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                 bool silent) {
  uint64_t bit = UINT64_C(1) << clause->bit;
  uint64_t *told = &tr_lead_aside(context->engine, lead)->told;
  bool held = *told & bit;
  *told &= ~bit;
  if (!holds(context, lead, clause, NULL)) return;
  *told |= bit;
  if (held || silent) return;
  tr_trace trace = {0};
  holds(context, lead, clause, &trace);
  tell(context, lead, clause, &trace);
}

static void look_at_each(tr_step_context *context, tr_lead *lead, bool all, bool silent) {
  const tr_agreement_def *agreement = &context->engine->program->agreements[lead->agreement];
  for (uint32_t i = 0; i < agreement->tells.count; i++) {
    const tr_clause_def *clause = &agreement->clauses[agreement->tells.clauses[i]];
    if (clause->trigger != TRIGGER_WHEN) continue;
    if (all || tr_touches(context->engine, clause->inputs)) look(context, lead, clause, silent);
  }
}

void tr_tells_begin(tr_step_context *context, tr_lead *lead, bool silent) {
  if (lead->aside) lead->aside->told = 0;
  if (silent) look_at_each(context, lead, true, true);
}

void tr_tell_conditions(tr_step_context *context, tr_lead *lead, bool all) {
  look_at_each(context, lead, all, false);
}

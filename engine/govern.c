/* govern.c - which agreement governs a lead: of each name the newest version in force; of those the
 * first that applies; none while one cannot be told; `otherwise` when all others do not apply. */
#include "engine/step.h"

static bool in_force(const treaty_engine *engine, const tr_agreement_def *agreement) {
  return engine->options.as_if_in_force ||
         (agreement->from_ms <= engine->clock_ms && engine->clock_ms < agreement->to_ms);
}

/* Whether a newer version of the same name is in force as well. */
static bool is_replaced(const treaty_engine *engine, const tr_agreement_def *agreement) {
  for (uint32_t i = 0; i < agreement->newer_count; i++) {
    if (in_force(engine, &engine->program->agreements[agreement->newer[i]])) return true;
  }
  return false;
}

const tr_part_def *tr_lead_part(const treaty_engine *engine, const tr_lead *lead) {
  const treaty_program *program = engine->program;
  uint32_t part = program->part_count - 1;
  if (lead && lead->agreement != TR_NONE)
    return &program->parts[program->agreements[lead->agreement].part];
  while (part > 0 && !tr_counts_at(engine, program->parts[part].reach, engine->clock_ms)) part--;
  return &program->parts[part];
}

bool tr_may_govern(const treaty_engine *engine, uint32_t agreement) {
  const tr_agreement_def *def = &engine->program->agreements[agreement];
  return in_force(engine, def) && !is_replaced(engine, def);
}

bool tr_may_yet_govern(const treaty_engine *engine, uint32_t agreement) {
  const tr_agreement_def *def = &engine->program->agreements[agreement];
  bool to_come = engine->clock_ms < def->from_ms && def->from_ms < def->to_ms;
  return tr_may_govern(engine, agreement) || (to_come && !engine->options.as_if_in_force);
}

/* The next day on which some version begins or ends. */
static int64_t next_change(const treaty_engine *engine) {
  int64_t next_ms = TR_NEVER;
  if (engine->options.as_if_in_force) return next_ms;
  for (uint32_t i = 0; i < engine->program->agreement_count; i++) {
    const tr_agreement_def *agreement = &engine->program->agreements[i];
    if (agreement->from_ms > engine->clock_ms && agreement->from_ms < next_ms)
      next_ms = agreement->from_ms;
    if (agreement->to_ms > engine->clock_ms && agreement->to_ms < next_ms)
      next_ms = agreement->to_ms;
  }
  return next_ms;
}

static uint32_t find_agreement(tr_step_context *context, tr_lead *lead, tr_eval *eval) {
  const treaty_program *program = context->engine->program;
  uint32_t otherwise = TR_NONE;
  bool open = false;
  for (uint32_t i = 0; i < program->agreement_count; i++) {
    const tr_agreement_def *agreement = &program->agreements[i];
    if (!tr_may_govern(context->engine, i)) continue;
    if (agreement->otherwise) {
      otherwise = i;
      continue;
    }
    treaty_truth truth = tr_evaluate_truth(eval, &agreement->applies,
                                           (tr_view){.account = context->account, .lead = lead});
    if (truth == TREATY_TRUE) return i;
    open |= truth == TREATY_UNKNOWN;
  }
  return open ? TR_NONE : otherwise;
}

/* "desk@2", as in the source of decisions. */
static const char *versioned_name(treaty_engine *engine, uint32_t agreement) {
  if (agreement == TR_NONE) return NULL;
  const tr_agreement_def *def = &engine->program->agreements[agreement];
  return tr_arena_print(&engine->step, "%s@%u", def->name, def->version);
}

bool tr_govern(tr_step_context *context, tr_lead *lead, bool look_again) {
  treaty_engine *engine = context->engine;
  if (lead->bound || lead->offer)
    return false; /* a running offer stays with the version that made it */
  if (!look_again && !tr_touches(engine, engine->program->applies_inputs)) return false;
  tr_trace trace = {0};
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = next_change(engine)};
  uint32_t agreement = find_agreement(context, lead, &eval);
  tr_hold_until(lead, eval.until_ms);
  if (agreement == lead->agreement && (agreement != TR_NONE || lead->waiting_said)) return false;
  bool waited = lead->waiting_said;
  uint32_t before = lead->agreement;
  bool changed = agreement != before;
  lead->agreement = agreement;
  if (engine->program->over_limit != TR_NONE)
    tr_lead_aside(engine, lead)->governed_from = engine->seq + 1;
  lead->waiting_said = agreement == TR_NONE;
  if (lead->entry_waits) tr_quotas_enter(context, lead);
  if (agreement == TR_NONE || waited || before != TR_NONE) {
    eval.trace = &trace;
    find_agreement(context, lead, &eval);
    treaty_decision *decision = tr_decide(
        context, agreement == TR_NONE ? TREATY_LEAD_UNGOVERNED : TREATY_LEAD_GOVERNED, lead, NULL);
    tr_decide_because(decision, &trace);
    decision->from = versioned_name(engine, before);
    decision->to = versioned_name(engine, agreement);
    if (agreement != TR_NONE) {
      decision->file = engine->program->agreements[agreement].file;
      decision->line = engine->program->agreements[agreement].line;
    }
  }
  return changed;
}

bool tr_govern_frees(const treaty_engine *engine, const tr_lead *lead, uint32_t stage) {
  uint32_t first = engine->program->agreements[lead->agreement].first;
  for (uint32_t i = 0; i < engine->program->agreement_count; i++) {
    const tr_agreement_def *agreement = &engine->program->agreements[i];
    if (agreement->first != first || !in_force(engine, agreement) || is_replaced(engine, agreement))
      continue;
    const tr_stage_clauses *clauses = &agreement->by_stage[stage];
    for (uint32_t k = 0; k < clauses->count; k++) {
      if (agreement->clauses[clauses->clauses[k]].kind == CLAUSE_PROMOTE) return true;
    }
  }
  return false;
}

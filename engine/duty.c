/* duty.c - what the parties owe each other, from the start to its being done.
 *
 *   started --- 50% reminded --- 100% broken, escalated --- 200% returned
 *      |            |                  |
 *      '-- kept     '-- kept           '-- late            ended: the lead went on, or it is
 *                                                          owed no more
 *
 * A duty belongs to the version that started it. One that is owed `every D` starts anew when it was
 * kept, and when it is broken. The way back of a lead that was rejected for a while is among them:
 * it is a clock that no one answers. */
#include <assert.h>
#include <string.h>

#include "engine/deadline.h"
#include "engine/people.h"

static const tr_clause_def *clause_of(const treaty_engine *engine, const tr_duty *duty) {
  return &engine->program->agreements[duty->agreement].clauses[duty->clause];
}

static void take_out(treaty_engine *engine, tr_lead *lead, tr_duty *duty) {
  tr_duty **place = &lead->duties;
  while (*place != duty) place = &(*place)->next;
  *place = duty->next;
  tr_rarely_free(engine, duty->clock.rarely);
  tr_pool_free(&engine->pool, duty->doings, duty->doings_room * sizeof *duty->doings);
  tr_pool_free(&engine->pool, duty, sizeof *duty);
}

/* ---- Decisions about it ---------------------------------------------------------------------- */

static treaty_decision *decide(tr_step_context *context, treaty_decision_kind kind,
                               const tr_lead *lead, const tr_duty *duty) {
  const treaty_program *program = context->engine->program;
  const tr_agreement_def *agreement = &program->agreements[duty->agreement];
  const tr_clause_def *clause = &agreement->clauses[duty->clause];
  treaty_decision *decision = tr_decide(context, kind, lead, clause);
  decision->agreement = agreement->name; /* the lead's own may be another by now */
  decision->version = agreement->version;
  decision->party = program->parties[clause->duty->party];
  decision->name = clause->duty->name;
  tr_deadline_tell(&duty->clock, decision);
  return decision;
}

static void break_it(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  treaty_decision *broken = decide(context, TREATY_DUTY_BROKEN, lead, duty);
  tr_deadline_tell_times(&clause->terms, &duty->clock, context->engine->clock_ms, broken);
}

/* What falls due at the instant at which something else ends it is broken all the same. */
static void end(tr_step_context *context, tr_lead *lead, tr_duty *duty, const char *why) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  if (clause->act == ACT_OWE) {
    if (tr_deadline_is_missed(context, &duty->clock)) break_it(context, lead, duty);
    treaty_decision *ended = decide(context, TREATY_DUTY_ENDED, lead, duty);
    ended->reason = why;
    tr_deadline_tell_times(&clause->terms, &duty->clock, context->engine->clock_ms, ended);
  }
  take_out(context->engine, lead, duty);
}

/* ---- Start ----------------------------------------------------------------------------------- */

static tr_stamp stamp_now(const treaty_engine *engine) {
  return (tr_stamp){.time_ms = engine->event ? engine->event_ms : engine->clock_ms,
                    .seq = engine->seq};
}

static void start_clock(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  duty->from = stamp_now(context->engine);
  duty->done = 0;
  tr_deadline_start(context, lead, &clause->terms, &duty->clock);
  treaty_decision *started = decide(context, TREATY_DUTY_STARTED, lead, duty);
  duty->seq = started->seq;
  duty->n = started->n;
}

static tr_duty *add_duty(treaty_engine *engine, tr_lead *lead, uint32_t clause) {
  tr_duty *duty = tr_pool_alloc(&engine->pool, sizeof *duty), **place = &lead->duties;
  *duty = (tr_duty){.agreement = lead->agreement, .clause = clause};
  while (*place) place = &(*place)->next;
  *place = duty;
  return duty;
}

/* Acts only on what is true: unknown does not begin it, and does not excuse. */
static bool is_owed(tr_step_context *context, tr_lead *lead, const tr_duty_def *def) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  tr_view view = tr_lead_view(context, lead);
  bool owed = tr_evaluate_truth(&eval, &def->owed_while, view) == TREATY_TRUE;
  if (owed && def->unless.count) owed = tr_evaluate_truth(&eval, &def->unless, view) != TREATY_TRUE;
  tr_hold_until(lead, eval.until_ms);
  return owed;
}

/* ---- Done ------------------------------------------------------------------------------------ */

static void look_at_clock(tr_step_context *context, tr_lead *lead, tr_duty *duty, bool all);

/* One that is owed `every D` goes on under the version that governs: where that is another, its
 * own clause begins. */
static bool has_successor(tr_step_context *context, tr_lead *lead, const tr_duty *duty) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  if (clause->duty->start != START_WHILE || duty->agreement == lead->agreement) return false;
  tr_begun outlived = {.lead = lead, .clause = clause};
  TR_PUSH(&context->engine->step, &context->outlived, outlived);
  return true;
}

static bool starts_anew(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  const tr_duty_def *def = clause_of(context->engine, duty)->duty;
  return def->start == START_WHILE && !has_successor(context, lead, duty) &&
         is_owed(context, lead, def);
}

static void renew_or_take_out(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  if (!starts_anew(context, lead, duty)) {
    take_out(context->engine, lead, duty);
    return;
  }
  start_clock(context, lead, duty);
  look_at_clock(context, lead, duty, true);
}

static void fulfil(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  int64_t done_ms = stamp_now(context->engine).time_ms;
  bool late = tr_deadline_is_late(&duty->clock, done_ms);
  treaty_decision *done = decide(context, late ? TREATY_DUTY_LATE : TREATY_DUTY_KEPT, lead, duty);
  done->answered_ms = done_ms;
  done->late = late;
  tr_deadline_tell_times(&clause->terms, &duty->clock, done_ms, done);
  renew_or_take_out(context, lead, duty);
}

static bool is_known(tr_step_context *context, tr_lead *lead, const tr_duty_def *def) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  treaty_truth known = tr_evaluate_truth(&eval, &def->known, tr_lead_view(context, lead));
  tr_hold_until(lead, eval.until_ms);
  return known == TREATY_TRUE;
}

/* An event may turn out never to have been. */
static void keep_doing(treaty_engine *engine, tr_duty *duty, uint64_t seq) {
  duty->doings = tr_pool_grow(&engine->pool, duty->doings, duty->done, &duty->doings_room,
                              sizeof *duty->doings);
  duty->doings[duty->done++] = seq;
}

/* Whether the last of what is owed was done by what has just happened. An event counts once, and
 * only where it came behind the start. */
static bool is_done(tr_step_context *context, tr_lead *lead, tr_duty *duty, bool all) {
  treaty_engine *engine = context->engine;
  const tr_duty_def *def = clause_of(engine, duty)->duty;
  if (def->signal == TR_NONE)
    return (all || tr_touches(engine, def->known_inputs)) && is_known(context, lead, def);
  if (duty->done >= def->times) return true; /* together with what a joined lead had done */
  if (duty->heard == engine->step_number || !tr_happens_at_all(context, lead, def->signal) ||
      !tr_stamp_before(duty->from, stamp_now(engine)))
    return false;
  duty->heard = engine->step_number;
  if (def->times == 1) return true;
  keep_doing(engine, duty, engine->event ? engine->seq : 0);
  return duty->done >= def->times;
}

/* ---- What falls due -------------------------------------------------------------------------- */

/* true: the lead has left its stage, and the duty is over. */
static bool do_step(tr_step_context *context, tr_lead *lead, tr_duty *duty,
                    const tr_step_def *step) {
  static const treaty_decision_kind kinds[] = {[STEP_REMIND] = TREATY_DUTY_REMINDED,
                                               [STEP_ESCALATE] = TREATY_DUTY_ESCALATED,
                                               [STEP_RETURN] = TREATY_DUTY_RETURNED,
                                               [STEP_TELL] = TREATY_DUTY_TOLD};
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause = clause_of(engine, duty);
  bool returns = step->kind == STEP_RETURN;
  uint32_t stage = tr_stage_by_now(engine, lead, duty->agreement, step->stage);
  if (returns && tr_refuses_entry(context, lead, stage, clause)) return false;
  treaty_decision *decision = decide(context, kinds[step->kind], lead, duty);
  decision->percent_millionths = step->percent_millionths;
  decision->address = step->address;
  decision->say = step->say;
  if (!returns) {
    decision->party = step->who;
    return false;
  }
  decision->reason = step->reason;
  decision->to = engine->program->stages[stage].name;
  tr_deadline_tell_times(&clause->terms, &duty->clock, engine->clock_ms, decision);
  take_out(engine, lead, duty);
  return tr_enter_stage(context, lead, stage, clause, step->reason);
}

/* What one look at a duty has led to. Where the lead was given on, duties of whoever had it are
 * over, this one or others. */
typedef enum outcome { STANDS, IS_OVER, GIVEN_ON, LED_AWAY } outcome;

static outcome do_due(tr_step_context *context, tr_lead *lead, tr_duty *duty) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  const tr_step_def *step;
  for (tr_due due; (due = tr_deadline_take(context, &clause->terms, &duty->clock, &step));) {
    if (due == DUE_BREACH)
      break_it(context, lead, duty);
    else if (step->kind == STEP_REASSIGN || step->kind == STEP_OPEN) {
      tr_people_step(context, lead, step, clause);
      return GIVEN_ON;
    } else if (do_step(context, lead, duty, step))
      return LED_AWAY;
  }
  if (!duty->clock.broken || clause->duty->start != START_WHILE) return STANDS;
  renew_or_take_out(context, lead, duty);
  return IS_OVER;
}

/* ---- The way back of a lead that was rejected for a while ------------------------------------ */

void tr_duties_recycle(tr_step_context *context, tr_lead *lead, uint32_t clause) {
  treaty_engine *engine = context->engine;
  tr_duty *way = add_duty(engine, lead, clause);
  way->clock = (tr_deadline){.started_ms = engine->clock_ms,
                             .due_ms = TR_NEVER,
                             .next_ms = engine->clock_ms + clause_of(engine, way)->recycle_ms};
}

static outcome step_way_back(tr_step_context *context, tr_lead *lead, tr_duty *way) {
  const tr_clause_def *clause = clause_of(context->engine, way);
  if (!tr_is_due(context, way->clock.next_ms)) {
    tr_hold_until(lead, way->clock.next_ms);
    return STANDS;
  }
  if (lead->hold) return STANDS; /* it is looked at again when the hold ends */
  uint32_t to = tr_stage_by_now(context->engine, lead, way->agreement, clause->recycle_to);
  take_out(context->engine, lead, way);
  return tr_enter_stage(context, lead, to, clause, NULL) ? LED_AWAY : IS_OVER;
}

/* ---- A look at what is owed ------------------------------------------------------------------ */

static void look_at_clock(tr_step_context *context, tr_lead *lead, tr_duty *duty, bool all) {
  const tr_clause_def *clause = clause_of(context->engine, duty);
  tr_trace trace = {0};
  tr_pause pause = tr_deadline_look(context, lead, &clause->terms, &duty->clock, all, &trace);
  if (pause != PAUSE_SAME) {
    bool begins = pause == PAUSE_BEGINS;
    treaty_decision *decision =
        decide(context, begins ? TREATY_CLOCK_PAUSED : TREATY_CLOCK_RESUMED, lead, duty);
    tr_deadline_tell_times(&clause->terms, &duty->clock, context->engine->clock_ms, decision);
    tr_decide_because(decision, &trace);
    if (begins) tr_decide_by(context->engine, decision);
  }
  tr_hold_until(lead, duty->clock.next_ms);
}

static outcome step_duty(tr_step_context *context, tr_lead *lead, tr_duty *duty, bool all) {
  treaty_engine *engine = context->engine;
  const tr_duty_def *def = clause_of(engine, duty)->duty;
  if (!def) return step_way_back(context, lead, duty);
  if (is_done(context, lead, duty, all)) {
    fulfil(context, lead, duty);
    return IS_OVER;
  }
  outcome outcome = do_due(context, lead, duty);
  if (outcome != STANDS) return outcome;
  if ((all || tr_touches(engine, def->inputs)) && !is_owed(context, lead, def)) {
    (void)has_successor(context, lead, duty);
    end(context, lead, duty, "no longer owed");
    return IS_OVER;
  }
  look_at_clock(context, lead, duty, all);
  return STANDS;
}

bool tr_duties_step(tr_step_context *context, tr_lead *lead, bool all) {
  for (tr_duty *duty = lead->duties, *next; duty; duty = next) {
    next = duty->next;
    outcome outcome = step_duty(context, lead, duty, all);
    if (outcome == LED_AWAY) return true;
    if (outcome == GIVEN_ON) next = lead->duties;
  }
  return false;
}

/* ---- What begins ----------------------------------------------------------------------------- */

bool tr_begun_before(tr_step_context *context, const tr_lead *lead, const tr_clause_def *clause) {
  for (uint32_t i = 0; i < context->begun.count; i++) {
    const tr_begun *begun = &context->begun.items[i];
    if (begun->lead == lead && begun->clause == clause) return true;
  }
  tr_begun begun = {.lead = lead, .clause = clause};
  TR_PUSH(&context->engine->step, &context->begun, begun);
  return false;
}

static bool is_same(const tr_duty_def *a, const tr_duty_def *b) {
  return a && a->start == b->start && a->party == b->party && strcmp(a->name, b->name) == 0;
}

/* What is owed `every D` has one clock, whatever stages the lead goes through meanwhile. One of
 * another version of the agreement goes on until it is over … */
static bool runs_already(const treaty_engine *engine, const tr_lead *lead, const tr_duty_def *def) {
  const tr_agreement_def *agreements = engine->program->agreements;
  for (const tr_duty *duty = lead->duties; duty; duty = duty->next) {
    if (def->start == START_WHILE && clause_of(engine, duty)->duty == def) return true;
    if (duty->agreement != lead->agreement && is_same(clause_of(engine, duty)->duty, def) &&
        agreements[duty->agreement].first == agreements[lead->agreement].first)
      return true;
  }
  return false;
}

/* … and from then on this one is owed. */
static bool has_outlived(const tr_step_context *context, const tr_lead *lead,
                         const tr_duty_def *def) {
  for (uint32_t i = 0; i < context->outlived.count; i++) {
    const tr_begun *outlived = &context->outlived.items[i];
    if (outlived->lead == lead && is_same(outlived->clause->duty, def)) return true;
  }
  return false;
}

/* How things stand is noted also where nothing begins. */
static bool begins_while(tr_step_context *context, tr_lead *lead, const tr_duty_def *def,
                         uint8_t *stand, bool all) {
  bool takes_over = has_outlived(context, lead, def);
  if (!all && !takes_over && *stand != STAND_NEW && !tr_touches(context->engine, def->inputs))
    return false;
  bool was_owed = *stand == STAND_TRUE && !takes_over, owed = is_owed(context, lead, def);
  *stand = owed ? STAND_TRUE : STAND_FALSE;
  return owed && !was_owed && !runs_already(context->engine, lead, def);
}

/* Whether the party has taken the lead, or another has taken it from the party. */
static bool was_accepted(const tr_step_context *context, const tr_lead *lead,
                         const tr_duty_def *def) {
  for (uint32_t i = 0; i < context->accepted.count; i++) {
    const tr_begun *accepted = &context->accepted.items[i];
    if (accepted->lead == lead &&
        (accepted->clause->taker == def->party || accepted->clause->giver == def->party))
      return true;
  }
  return false;
}

static bool begins(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                   uint8_t *stand, bool all) {
  const tr_duty_def *def = clause->duty;
  bool is_new = *stand == STAND_NEW;
  switch (def->start) {
    case START_WHILE: return begins_while(context, lead, def, stand, all);
    case START_ENTERING:
      *stand = STAND_TRUE;
      return is_new && !runs_already(context->engine, lead, def) && is_owed(context, lead, def);
    case START_ASSIGNMENT: return lead->assigned && is_owed(context, lead, def);
    case START_AT: break;
  }
  bool now = def->from_signal == TR_NONE ? was_accepted(context, lead, def)
                                         : tr_happens_at_all(context, lead, def->from_signal);
  return now && !tr_begun_before(context, lead, clause) && is_owed(context, lead, def);
}

static void begin(tr_step_context *context, tr_lead *lead, uint32_t clause) {
  tr_duty *duty = add_duty(context->engine, lead, clause);
  start_clock(context, lead, duty);
  duty->heard = context->engine->step_number;
  (void)step_duty(context, lead, duty, true); /* what is known already is kept at once */
}

void tr_duties_begin(tr_step_context *context, tr_lead *lead, bool all, bool silent) {
  const treaty_program *program = context->engine->program;
  const tr_agreement_def *agreement = &program->agreements[lead->agreement];
  const tr_stage_clauses *clauses = &agreement->by_stage[lead->stage];
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause_def *clause = &agreement->clauses[clauses->clauses[i]];
    uint8_t *stand = &lead->stands[program->stand_count + i];
    if (clause->act != ACT_OWE) continue;
    bool holds_already = silent && clause->duty->start >= START_ENTERING;
    if (begins(context, lead, clause, stand, all) && !holds_already)
      begin(context, lead, clauses->clauses[i]);
  }
}

/* ---- What ends ------------------------------------------------------------------------------- */

static const char *why_it_ends(const treaty_engine *engine, const tr_lead *lead,
                               const tr_duty *duty, uint32_t to) {
  const tr_stage_def *stages = engine->program->stages;
  const tr_clause_def *clause = clause_of(engine, duty);
  if (to == TR_NONE) return "the lead is closed";
  if (!clause->duty || clause->duty->start == START_ENTERING) return "the lead left the stage";
  return stages[lead->stage].owner != stages[to].owner ? "the lead changed its owner" : NULL;
}

void tr_duties_leave(tr_step_context *context, tr_lead *lead, uint32_t to) {
  for (tr_duty *duty = lead->duties, *next; duty; duty = next) {
    next = duty->next;
    const char *why = why_it_ends(context->engine, lead, duty, to);
    if (why) end(context, lead, duty, why);
  }
}

void tr_duties_reassigned(tr_step_context *context, tr_lead *lead) {
  for (tr_duty *duty = lead->duties, *next; duty; duty = next) {
    next = duty->next;
    const tr_clause_def *clause = clause_of(context->engine, duty);
    if (clause->duty && clause->duty->start == START_ASSIGNMENT)
      end(context, lead, duty, "somebody else has the lead");
  }
}

void tr_duties_join(treaty_engine *engine, tr_lead *kept, tr_lead *gone) {
  for (tr_duty *one = kept->duties; one; one = one->next) {
    for (tr_duty *other = gone->duties; other; other = other->next) {
      bool same = one->agreement == other->agreement && one->clause == other->clause;
      if (!same) continue;
      for (uint32_t i = 0; i < other->done; i++) keep_doing(engine, one, other->doings[i]);
      if (other->clock.started_ms >= one->clock.started_ms) continue;
      tr_duty later = *one;
      one->from = other->from;
      one->clock = other->clock;
      other->from = later.from;
      other->clock = later.clock;
    }
  }
}

void tr_duties_void(tr_lead *lead, uint64_t seq) {
  for (tr_duty *duty = lead->duties; duty; duty = duty->next) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < duty->done; i++) {
      if (duty->doings[i] != seq) duty->doings[left++] = duty->doings[i];
    }
    duty->done = left;
  }
}

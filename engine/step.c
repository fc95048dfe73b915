/* step.c - the leads of one account after something happened: criteria, then clauses in file order,
 * until nothing changes.
 *
 * A clause acts on the rise: when its condition becomes true while the lead is in its stage, or is
 * true when the lead enters. What an event did not touch and time did not change is not evaluated
 * again. */
#include "engine/step.h"

#include <assert.h>
#include <string.h>

#include "engine/crowd.h"
#include "engine/limits.h"
#include "engine/people.h"
#include "engine/poll.h"
#include "engine/score.h"

static bool touches_any(const treaty_engine *engine) {
  for (uint32_t i = 0; i < engine->program->input_words; i++) {
    if (engine->touched.words[i]) return true;
  }
  return false;
}

/* ---- Stages ---------------------------------------------------------------------------------- */

/* Whether the lead entered the stage in this step before; *ever: whether it was ever there before.
 */
static bool entered_before(tr_step_context *context, tr_lead *lead, uint32_t stage, bool *ever) {
  treaty_engine *engine = context->engine;
  uint32_t words = (engine->program->stage_count + 63) / 64;
  if (lead->entered != engine->step_number) {
    memset(lead->entries, 0, sizeof(uint64_t) * words);
    lead->entered = engine->step_number;
  }
  uint64_t bit = UINT64_C(1) << stage % 64;
  bool before = lead->entries[stage / 64] & bit;
  *ever = lead->entries[words + stage / 64] & bit;
  return before;
}

static void note_entry(const treaty_program *program, tr_lead *lead, uint32_t stage) {
  uint32_t words = (program->stage_count + 63) / 64;
  uint64_t bit = UINT64_C(1) << stage % 64;
  lead->entries[stage / 64] |= bit;
  lead->entries[words + stage / 64] |= bit;
}

bool tr_refuses_entry(tr_step_context *context, tr_lead *lead, uint32_t stage,
                      const tr_clause_def *clause) {
  bool ever;
  if (!entered_before(context, lead, stage, &ever)) return false;
  tr_decide(context, TREATY_LEAD_ENTRY_REFUSED, lead, clause)->to =
      context->engine->program->stages[stage].name;
  return true;
}

void tr_close_lead(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                   const char *reason) {
  tr_offer_withdraw(context, lead);
  tr_duties_leave(context, lead, TR_NONE);
  tr_hold_end(context, lead);
  tr_people_close(context->engine, lead);
  const tr_stage_def *stage = &context->engine->program->stages[lead->stage];
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_CLOSED, lead, clause);
  decision->to = stage->name;
  decision->won = stage->won;
  decision->reason = reason;
  lead->closed = true;
  lead->closed_at = (tr_stamp){.time_ms = context->engine->clock_ms,
                               .seq = context->by_time ? UINT64_MAX : context->engine->seq};
  lead->until_ms = TR_NEVER;
  if (context->account->crowd) tr_crowd_settle(context->account->crowd, lead);
  context->engine->open_lead_count--;
}

/* What the event that led there has added is gone; what the opening event adds is not. */
static void enter_scores(tr_step_context *context, tr_lead *lead, bool opens) {
  treaty_engine *engine = context->engine;
  tr_stamp at = {.time_ms = opens ? engine->event_ms : engine->clock_ms,
                 .seq = opens              ? tr_order_of_event(engine->seq)
                        : context->by_time ? tr_order_behind_time(engine->seq)
                                           : tr_order_behind_event(engine->seq)};
  tr_scores_enter(engine, context->account, lead, lead->stage, at);
}

/* Without a clause it is opened there. */
static void say_entry(tr_step_context *context, tr_lead *lead, uint32_t stage,
                      const tr_clause_def *clause, const char *reason) {
  const treaty_program *program = context->engine->program;
  const tr_stage_def *from = &program->stages[lead->stage], *to = &program->stages[stage];
  treaty_decision *decision =
      tr_decide(context, clause ? TREATY_LEAD_STAGE_CHANGED : TREATY_LEAD_OPENED, lead, clause);
  decision->from = clause ? from->name : NULL;
  decision->to = to->name;
  decision->reason = reason;
  decision->party = program->parties[to->owner];
  if (!clause || from->owner == to->owner) return;
  decision = tr_decide(context, TREATY_LEAD_OWNER_CHANGED, lead, clause);
  decision->from = program->parties[from->owner];
  decision->to = program->parties[to->owner];
  tr_people_leave_owner(context, lead);
}

/* Its clauses are looked at for the first time. */
static void forget_stands(const treaty_program *program, tr_lead *lead) {
  memset(lead->stands + program->stand_count, STAND_NEW, program->clauses_per_stage_max);
  tr_stuck_forget(program, lead);
}

bool tr_enter_stage(tr_step_context *context, tr_lead *lead, uint32_t stage,
                    const tr_clause_def *clause, const char *reason) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  bool ever;
  if (tr_refuses_entry(context, lead, stage, clause)) return false;
  entered_before(context, lead, stage, &ever);
  note_entry(program, lead, stage);
  const tr_stage_def *to = &program->stages[stage];
  tr_offer_withdraw(context, lead);
  tr_duties_leave(context, lead, stage);
  say_entry(context, lead, stage, clause, reason);
  TR_PUSH(&engine->step, &context->entered, lead);
  lead->stage = (uint16_t)stage;
  lead->stage_since_ms = engine->clock_ms;
  if (lead->aside) lead->aside->switched_ms = INT64_MIN;
  tr_reason_keep(engine, lead, reason);
  tr_stay_begin(engine, lead, context->by_time, context->looks);
  /* What began with it may have been otherwise, had an event come that is still to come. */
  if (program->watches_leads && engine->clock_ms > context->account->observed_ms)
    context->account->observed_ms = engine->clock_ms;
  forget_stands(program, lead);
  lead->until_ms = TR_NEVER;
  tr_touch(engine, program->stage_input);
  tr_quotas_enter(context, lead);
  if (program->resets_on_entering) enter_scores(context, lead, clause == NULL);
  if (to->won || to->lost)
    tr_close_lead(context, lead, clause, reason);
  else if (ever && lead->bound && tr_govern_frees(engine, lead, stage))
    lead->bound = false;
  lead->fresh = true;
  return true;
}

/* ---- Criteria -------------------------------------------------------------------------------- */

static const char *stand_word(int stand) {
  return stand == STAND_TRUE ? "met" : stand == STAND_FALSE ? "not met" : "open";
}

static void say_criterion(tr_step_context *context, tr_lead *lead,
                          const tr_criterion_def *criterion, int before, int now) {
  tr_trace trace = {0};
  tr_eval eval = {.engine = context->engine,
                  .now_ms = context->engine->clock_ms,
                  .until_ms = TR_NEVER,
                  .trace = &trace};
  treaty_truth met = tr_evaluate_truth(&eval, &criterion->met, tr_lead_view(context, lead));
  bool contradicts =
      tr_criterion_now(&eval, criterion, tr_lead_view(context, lead)) == TREATY_UNKNOWN &&
      met == TREATY_TRUE;
  treaty_decision *decision = tr_decide(context, TREATY_CRITERION_CHANGED, lead, NULL);
  decision->name = criterion->name;
  decision->from = stand_word(before);
  decision->to = stand_word(now);
  if (contradicts) decision->reason = "both 'met when' and 'unmet when' hold";
  decision->file = criterion->file;
  decision->line = criterion->line;
  tr_decide_because(decision, &trace);
}

static void step_criteria(tr_step_context *context, tr_lead *lead, bool all) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  const uint32_t *meant = tr_lead_part(engine, lead)->criteria;
  for (uint32_t i = 0; i < program->criterion_count; i++) {
    uint32_t index = program->criterion_order[i];
    const tr_criterion_def *criterion = &program->criteria[index];
    if (!all && !tr_touches(engine, criterion->inputs)) continue;
    if (meant && meant[criterion->stand] != index) continue; /* another version's */
    tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
    int before = lead->stands[criterion->stand],
        now = (int)tr_criterion_now(&eval, criterion, tr_lead_view(context, lead));
    tr_hold_until(lead, eval.until_ms);
    if (before == now) continue;
    lead->stands[criterion->stand] = (uint8_t)now;
    say_criterion(context, lead, criterion, before, now);
  }
}

/* ---- Clauses --------------------------------------------------------------------------------- */

/* What one look through the clauses of a stage remembers. */
typedef struct look {
  bool all;    /* evaluate also what nothing touched */
  bool silent; /* learn how things stand, but do not act: a newer version has just taken force */
  bool hand_blocked; /* an earlier hand-over holds or is open */
} look;

static bool act(tr_step_context *context, tr_lead *lead, uint32_t index,
                const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  tr_trace trace = {0};
  if (clause->when.count) {
    tr_eval eval = {
        .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = &trace};
    tr_evaluate(&eval, &clause->when, tr_lead_view(context, lead));
  }
  if (clause->act == ACT_REASSIGN || clause->act == ACT_OPEN_TO) {
    tr_people_turn(context, lead, clause);
    return false;
  }
  if (clause->act == ACT_OFFER) {
    int64_t since_ms = lead->stage_since_ms;
    uint16_t stage = lead->stage;
    tr_offer_make(context, lead, index, &trace);
    return lead->stage != stage || lead->stage_since_ms != since_ms || lead->closed;
  }
  uint32_t first = engine->decisions.count;
  const tr_value *kept = tr_keep_take(context, lead, clause);
  bool was_bound = lead->bound;
  if (clause->kind == CLAUSE_PROMOTE) lead->bound = true;
  bool entered = tr_enter_stage(context, lead, clause->to, clause,
                                tr_reason_of(engine, clause->reason, clause->reason_field));
  if (!entered) lead->bound = was_bound;
  if (entered) tr_keep_store(context, lead, clause, kept);
  for (uint32_t i = first; i < engine->decisions.count; i++) {
    if (engine->decisions.items[i].kind != TREATY_LEAD_STAGE_CHANGED) continue;
    tr_decide_because(&engine->decisions.items[i], &trace);
    break;
  }
  return entered;
}

static bool step_when(tr_step_context *context, tr_lead *lead, uint32_t index,
                      const tr_clause_def *clause, uint8_t *stand, look *look) {
  treaty_engine *engine = context->engine;
  bool hand = clause->kind == CLAUSE_HAND;
  treaty_truth truth = (treaty_truth)(*stand == STAND_NEW ? STAND_UNKNOWN : *stand);
  bool was_true = *stand == STAND_TRUE;
  if (hand || look->all || *stand == STAND_NEW || tr_touches(engine, clause->inputs)) {
    tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
    truth = tr_evaluate_truth(&eval, &clause->when, tr_lead_view(context, lead));
    tr_hold_until(lead, eval.until_ms);
  }
  if (hand && truth != TREATY_FALSE && tr_offer_is_withdrawn(context, lead, clause, NULL))
    truth = TREATY_FALSE;
  bool blocked = hand && look->hand_blocked;
  if (hand && truth != TREATY_FALSE) look->hand_blocked = true;
  *stand = blocked ? STAND_FALSE : (uint8_t)truth;
  if (blocked || truth != TREATY_TRUE || was_true || look->silent) return false;
  if (hand && lead->offer) return false;
  if (lead->hold) *stand = STAND_FALSE; /* it rises when the hold ends */
  return !lead->hold && act(context, lead, index, clause);
}

static bool step_on(tr_step_context *context, tr_lead *lead, uint32_t index,
                    const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  bool *spent = tr_happens(context, lead, clause->signal);
  if (!spent) return false;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  if (tr_evaluate_truth(&eval, &clause->on_where, tr_lead_view(context, lead)) != TREATY_TRUE)
    return false;
  if (lead->hold) {
    tr_hold_back(context, lead, clause);
    return false;
  }
  *spent = true;
  return act(context, lead, index, clause);
}

static bool step_after(tr_step_context *context, tr_lead *lead, uint32_t index,
                       const tr_clause_def *clause, uint8_t *stand) {
  int64_t due_ms = tr_after_due(lead, clause);
  if (*stand == STAND_TRUE) return false;
  if (!tr_is_due(context, due_ms)) {
    tr_hold_until(lead, due_ms);
    return false;
  }
  if (lead->hold) return false;
  *stand = STAND_TRUE;
  return act(context, lead, index, clause);
}

static void step_absent(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                        uint8_t *stand, bool silent) {
  bool was_absent = *stand == STAND_TRUE,
       is_absent = tr_people_is_absent(context, lead, clause->after_ms);
  *stand = is_absent ? STAND_TRUE : STAND_FALSE;
  if (is_absent && !was_absent && !silent) tr_people_turn(context, lead, clause);
}

/* One look through the clauses of the lead's stage; true: it has entered a stage. */
static bool step_clauses(tr_step_context *context, tr_lead *lead, look look) {
  const treaty_program *program = context->engine->program;
  const tr_agreement_def *agreement = &program->agreements[lead->agreement];
  const tr_stage_clauses *clauses = &agreement->by_stage[lead->stage];
  for (uint32_t i = 0; i < clauses->count; i++) {
    uint32_t index = clauses->clauses[i];
    const tr_clause_def *clause = &agreement->clauses[index];
    uint8_t *stand = &lead->stands[program->stand_count + i];
    if (lead->offer && lead->offer->clause == index && tr_offer_step(context, lead, look.all))
      return true;
    switch (clause->trigger) {
      case TRIGGER_WHEN:
        if (step_when(context, lead, index, clause, stand, &look)) return true;
        break;
      case TRIGGER_ON:
        if (step_on(context, lead, index, clause)) return true;
        break;
      case TRIGGER_AFTER:
        if (step_after(context, lead, index, clause, stand)) return true;
        break;
      case TRIGGER_ABSENT: step_absent(context, lead, clause, stand, look.silent); break;
      case TRIGGER_OWED:           /* duty.c's, people.c's */
      case TRIGGER_PERIOD:         /* quota.c's */
      case TRIGGER_CONTACT:        /* contact.c's */
      case TRIGGER_MEMBERS: break; /* play.c's */
    }
    if (lead->offer) tr_hold_until(lead, lead->offer->clock.next_ms);
  }
  return false;
}

/* ---- Leads ----------------------------------------------------------------------------------- */

/* An agreement has come to govern: its clauses rise. A newer version of the one that did is only
 * taken note of. */
static bool is_newer_version(const treaty_program *program, uint32_t before, uint32_t now) {
  return before != TR_NONE && now != TR_NONE &&
         program->agreements[before].first == program->agreements[now].first;
}

/* The stage may have another name in the version that has taken the lead over. It is the same stay
 * there: no clock moves, no score is reset, what is owed goes on, and nothing rises by it. */
static void take_name(tr_step_context *context, tr_lead *lead, uint32_t stage,
                      const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  const tr_stage_def *stages = engine->program->stages;
  bool ever;
  if (tr_refuses_entry(context, lead, stage, clause)) return;
  entered_before(context, lead, stage, &ever);
  note_entry(engine->program, lead, stage);
  if (stages[lead->stage].owner != stages[stage].owner) tr_duties_leave(context, lead, stage);
  say_entry(context, lead, stage, clause, NULL);
  TR_PUSH(&engine->step, &context->entered, lead);
  lead->stage = (uint16_t)stage;
  lead->until_ms = engine->clock_ms; /* what is owed asks for the stage: it is looked at anew */
  tr_stay_begin(engine, lead, context->by_time, context->looks);
  tr_touch(engine, engine->program->stage_input);
}

static const tr_becomes_def *becomes(const treaty_engine *engine, const tr_lead *lead,
                                     uint32_t stage) {
  const tr_agreement_def *agreement = &engine->program->agreements[lead->agreement];
  for (uint32_t i = 0; i < agreement->becomes_count; i++) {
    if (agreement->becomes[i].from == stage) return &agreement->becomes[i];
  }
  return NULL;
}

uint32_t tr_stage_by_now(const treaty_engine *engine, const tr_lead *lead, uint32_t agreement,
                         uint32_t stage) {
  if (lead->agreement == TR_NONE || lead->agreement == agreement ||
      !is_newer_version(engine->program, agreement, lead->agreement))
    return stage;
  const tr_becomes_def *now = becomes(engine, lead, stage);
  return now ? now->to : stage;
}

static void rename_stage(tr_step_context *context, tr_lead *lead) {
  const tr_becomes_def *now = becomes(context->engine, lead, lead->stage);
  if (now) take_name(context, lead, now->to, &now->clause);
}

/* What is owed from now on, as the lead stands after all that the step has led to. */
static void begin_duties(tr_step_context *context, tr_lead *lead, bool all, bool silent) {
  bool governed = !lead->closed && lead->agreement != TR_NONE;
  if (governed && context->engine->program->agreements[lead->agreement].owes)
    tr_duties_begin(context, lead, all, silent);
  lead->assigned = false;
}

/* What is said beside: it moves no lead. */
static void begin_asides(tr_step_context *context, tr_lead *lead, bool silent) {
  const tr_agreement_def *agreement = &context->engine->program->agreements[lead->agreement];
  if (agreement->tells.count) tr_tells_begin(context, lead, silent);
  if (agreement->plays.count) tr_plays_begin(context, lead, silent);
}

/* A lead that has just closed is looked at for the last time. */
static void step_asides(tr_step_context *context, tr_lead *lead, bool all) {
  if (lead->agreement == TR_NONE) return;
  const tr_agreement_def *agreement = &context->engine->program->agreements[lead->agreement];
  if (agreement->tells.count) tr_tell_conditions(context, lead, all);
  if (agreement->plays.count && !lead->closed) tr_plays_step(context, lead, all);
  if (agreement->ask_after_ms && !lead->closed) tr_stuck_step(context, lead);
  if (lead->closed) lead->until_ms = TR_NEVER;
}

static bool step_lead(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  bool over = lead->hold && tr_hold_is_over(context, lead);
  bool all = lead->until_ms <= engine->clock_ms || lead->fresh || over;
  bool entered_any = false, quiet = false; /* quiet: it stands as a newer version has found it */
  look look = {.all = all};
  if (all) lead->until_ms = TR_NEVER;
  for (uint32_t acts = 0; !lead->closed; acts++) {
    assert(acts < TR_ACTS_PER_STEP_MAX);
    uint32_t before = lead->agreement;
    lead->fresh = false;
    if (lead->hold) tr_hold_until(lead, lead->hold->until_ms);
    if (lead->duties && tr_duties_step(context, lead, all)) {
      all = entered_any = true;
      quiet = false;
      continue;
    }
    bool governed = tr_govern(context, lead, all);
    tr_phases_say(context, lead);
    step_criteria(context, lead, all);
    if (lead->agreement == TR_NONE) break;
    if (governed) forget_stands(program, lead);
    look.all = all || governed;
    bool taken_over = governed && is_newer_version(program, before, lead->agreement);
    look.silent = taken_over && !program->agreements[lead->agreement].catching_up;
    if (taken_over) rename_stage(context, lead);
    if (look.silent) tr_lead_aside(engine, lead)->switched_ms = engine->clock_ms;
    quiet |= look.silent;
    if (governed) begin_asides(context, lead, look.silent);
    if (program->agreements[lead->agreement].tells.count) tr_tell_events(context, lead);
    if (program->quota_count) tr_quotas_hear(context, lead);
    bool entered = step_clauses(context, lead, look);
    entered_any |= entered;
    if (entered)
      quiet = false;
    else if (!tr_people_settle(context, lead))
      break;
    all = true;
  }
  begin_duties(context, lead, look.all, quiet);
  step_asides(context, lead, look.all || entered_any);
  return entered_any;
}

static int64_t first_until(const tr_account *account) {
  int64_t first_ms = TR_NEVER;
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (!lead->closed && lead->until_ms < first_ms) first_ms = lead->until_ms;
  }
  return first_ms;
}

static void set_timer(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  tr_account *account = context->account;
  int64_t next_ms = account->crowd ? tr_crowd_until(account->crowd) : first_until(account);
  if (account->signals_ms < next_ms) next_ms = account->signals_ms;
  uint32_t position = engine->heap_positions[account->index];
  bool there = position != TR_HEAP_NONE;
  if (next_ms == TR_NEVER) {
    if (there) tr_heap_remove(&engine->timers, position);
  } else if (there) {
    tr_heap_move(&engine->timers, position, next_ms);
  } else {
    tr_heap_add(&engine->timers, next_ms, account->index);
  }
}

void tr_step_wake(treaty_engine *engine, const tr_account *account) {
  uint32_t position = engine->heap_positions[account->index];
  if (position == TR_HEAP_NONE)
    tr_heap_add(&engine->timers, engine->clock_ms, account->index);
  else
    tr_heap_move(&engine->timers, position, engine->clock_ms);
}

/* ---- Passes ---------------------------------------------------------------------------------- */

/* What was is what is now: conditions over other leads may see where this pass has led. */
static void remember_lead(treaty_engine *engine, tr_lead *lead) {
  if (lead->kept_moved) tr_keep_settle(engine, lead);
  lead->before = (tr_standing){.stage = lead->stage,
                               .since_ms = lead->stage_since_ms,
                               .stays = lead->stay_count,
                               .reason = lead->reason};
}

static void remember_entered(tr_step_context *context) {
  for (uint32_t i = 0; i < context->entered.count; i++)
    remember_lead(context->engine, context->entered.items[i]);
  context->entered.count = 0;
}

/* Where stays are kept, the event was counted with all leads as they stood at its time. */
static void remember_all(tr_step_context *context) {
  for (tr_lead *lead = context->account->leads; lead; lead = lead->next)
    remember_lead(context->engine, lead);
  context->entered.count = 0;
}

static bool happens_to(const tr_step_context *context, const tr_lead *lead) {
  for (uint32_t i = 0; i < context->happenings.count; i++) {
    if (context->happenings.items[i].lead == lead) return true;
  }
  return false;
}

static bool look_at_few(tr_step_context *context) {
  bool touched = touches_any(context->engine), entered = false;
  for (tr_lead *lead = context->account->leads; lead; lead = lead->next) {
    bool due = lead->until_ms <= context->engine->clock_ms;
    if (lead->closed) continue;
    if (!touched && lead != context->bound && !due && !happens_to(context, lead)) continue;
    entered |= step_lead(context, lead);
  }
  return entered;
}

/* What is taught of a lead or a member concerns the lead that the event is for. What is taught of
 * the event's person concerns the leads in which the person is a member, all else every lead. */
static void choose_from_crowd(const tr_step_context *context, tr_crowd *crowd) {
  const treaty_engine *engine = context->engine;
  bool of_person = tr_touches(engine, engine->program->person_inputs);
  tr_crowd_look_due(crowd, engine->clock_ms);
  if (context->bound) tr_crowd_look(crowd, context->bound);
  for (uint32_t i = 0; i < context->happenings.count; i++)
    tr_crowd_look(crowd, context->happenings.items[i].lead);
  if (context->built_anew || tr_touches(engine, engine->program->shared_inputs) ||
      (of_person && context->came_about > 0))
    tr_crowd_look_all(crowd);
  else if (of_person && context->person)
    tr_crowd_look_person(crowd, context->person);
}

static bool look_at_crowd(tr_step_context *context) {
  tr_crowd *crowd = context->account->crowd;
  bool entered = false;
  choose_from_crowd(context, crowd);
  tr_polls_open(context->engine);
  for (tr_lead *lead; (lead = tr_crowd_next(crowd));) {
    entered |= step_lead(context, lead);
    tr_crowd_settle(crowd, lead);
  }
  tr_polls_close(context->engine);
  return entered;
}

/* A lead has entered a stage: others may ask for it, and for scores that this resets. */
static void touch_entry(treaty_engine *engine) {
  const treaty_program *program = engine->program;
  tr_touch(engine, program->stage_input);
  for (uint32_t s = 0; program->resets_on_entering && s < program->score_count; s++) {
    const tr_score_def *score = &program->scores[s];
    for (uint32_t r = 0; r < score->rule_count; r++) {
      if (score->rules[r].entering != TR_NONE) tr_touch(engine, score->input);
    }
  }
}

/* A condition over other leads reads them as they were before; those whose conditions have changed
 * by this step come next, at the same instant, in order of opening. true: one entered a stage. */
static bool step_leads(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  bool entered = false;
  if (engine->program->observes_stages)
    remember_all(context);
  else
    remember_entered(context);
  for (bool again = true; again;) {
    again = context->account->crowd ? look_at_crowd(context) : look_at_few(context);
    entered |= again;
    memset(engine->touched.words, 0, sizeof(uint64_t) * engine->program->input_words);
    if (again) touch_entry(engine);
    remember_entered(context);
    if (context->account->lead_count == 1) break;
  }
  return entered;
}

void tr_step_leads(tr_step_context *context) {
  int64_t clock_ms = context->engine->clock_ms;
  if (context->over.count) tr_contacts_say(context);
  tr_signals_by_time(context, context->by_time ? clock_ms : clock_ms - 1);
  while (step_leads(context) && tr_signals_of_stages(context)) continue;
  if (context->hits.count) tr_quotas_settle(context);
  set_timer(context);
}

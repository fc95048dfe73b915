/* power.c - what people of a party decide about a lead: `P may move …`, `P may hold a lead …`;
 * override.c and pass.c have the others.
 *
 *     lead.moved {party, to, reason} --> a power of the agreement that governs the lead?
 *                                          yes: treaty.lead.moved, and the lead moves
 *                                          no:  treaty.power.refused, with what would allow it
 *
 * Everything not allowed is refused. A refusal has a word for programs (`name`) and a sentence for
 * people (`reason`).
 *
 * While a lead is held, conditions are followed and nothing comes of them; when the hold ends, at
 * its instant or because it is released, all are looked at again, and what holds then rises. An
 * offer that is open goes on, and so does what is owed: their clocks were promised to others. */
#include "engine/power.h"

#include <string.h>

#include "engine/limits.h"
#include "engine/people.h"

/* The payload fields of the events, in their order. */
enum { PARTY, MOVED_TO = 1, MOVED_REASON, HELD_UNTIL = 1, HELD_REASON, RELEASED_REASON = 1 };

/* ---- What the event says --------------------------------------------------------------------- */

static bool is_blank(treaty_text text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.bytes[i] != ' ') return false;
  return true;
}

/* NULL: it says nothing. */
const char *tr_power_said(treaty_engine *engine, uint32_t field) {
  const treaty_value *value = &engine->event->values[field];
  if (!value->present || is_blank(value->text)) return NULL;
  size_t length = value->text.length;
  if (length > TR_REASON_BYTES_MAX) length = TR_REASON_BYTES_MAX;
  while (length < value->text.length && ((unsigned char)value->text.bytes[length] & 0xC0) == 0x80)
    length--;
  return tr_arena_copy(&engine->step, value->text.bytes, length);
}

uint32_t tr_power_party(const treaty_program *program, const char *name) {
  for (uint32_t i = 0; name && i < program->party_count; i++)
    if (strcmp(program->parties[i], name) == 0) return i;
  return TR_NONE;
}

static uint32_t stage_named(const treaty_program *program, const char *name) {
  for (uint32_t i = 0; i < program->stage_count; i++)
    if (strcmp(program->stages[i].name, name) == 0) return i;
  return TR_NONE;
}

/* ---- Refusals -------------------------------------------------------------------------------- */

treaty_decision *tr_power_refuse(const tr_asked *asked, const char *word, const char *sentence,
                                 const tr_power_def *power) {
  treaty_decision *decision =
      tr_decide(asked->context, TREATY_POWER_REFUSED, asked->lead, power ? &power->act : NULL);
  const treaty_program *program = asked->context->engine->program;
  decision->name = word;
  decision->to = asked->to;
  decision->reason = sentence;
  if (asked->party != TR_NONE) decision->party = program->parties[asked->party];
  tr_decide_actor(asked->context->engine, decision);
  return decision;
}

bool tr_power_leads_from(const tr_power_def *power, uint32_t stage) {
  for (uint32_t i = 0; i < power->from_count; i++)
    if (power->from[i] == stage) return true;
  return false;
}

/* The power that is nearest to what was asked: this way for another party, or this party's from the
 * stage, or this party's to it; NULL: there is none. */
static const tr_power_def *nearest_way(const tr_asked *asked, uint32_t to) {
  const tr_power_def *nearest = NULL;
  int best = 0;
  for (uint32_t i = 0; i < asked->agreement->power_count; i++) {
    const tr_power_def *power = &asked->agreement->powers[i];
    if (!tr_power_moves(power->kind)) continue;
    bool from = tr_power_leads_from(power, asked->lead->stage), there = power->act.to == to;
    bool own = power->party == asked->party;
    int near = from && there ? 3 : own && from ? 2 : own && there ? 1 : 0;
    if (near > best) nearest = power;
    if (near > best) best = near;
  }
  return nearest;
}

const tr_power_def *tr_power_of_any(const tr_asked *asked, tr_power_kind kind) {
  for (uint32_t i = 0; i < asked->agreement->power_count; i++) {
    if (asked->agreement->powers[i].kind == kind) return &asked->agreement->powers[i];
  }
  return NULL;
}

/* The clause that is there, or the one that would have to be. */
const char *tr_power_with_nearest(const tr_asked *asked, const char *what,
                                  const tr_power_def *nearest, const char *would) {
  if (!nearest) return TR_ASKED_PRINT(asked, "%s; '%s' would", what, would);
  return TR_ASKED_PRINT(asked, "%s; there is '%s' (%s:%u)", what, nearest->act.text,
                        nearest->act.file, nearest->act.line);
}

static void refuse_move(const tr_asked *asked, uint32_t to) {
  const treaty_program *program = asked->context->engine->program;
  const char *party = program->parties[asked->party],
             *from = program->stages[asked->lead->stage].name;
  const char *what = TR_ASKED_PRINT(asked, "no clause of \"%s\" lets %s move a lead from %s to %s",
                                    asked->agreement->name, party, from, asked->to);
  const char *would =
      TR_ASKED_PRINT(asked, "%s may move %s to %s with reason", party, from, asked->to);
  tr_power_refuse(asked, "no_power",
                  tr_power_with_nearest(asked, what, nearest_way(asked, to), would), NULL);
}

static void refuse_hold(const tr_asked *asked) {
  const char *party = asked->context->engine->program->parties[asked->party];
  const char *what = TR_ASKED_PRINT(asked, "no clause of \"%s\" lets %s hold a lead",
                                    asked->agreement->name, party);
  const char *would = TR_ASKED_PRINT(asked, "%s may hold a lead at most 7 days with reason", party);
  tr_power_refuse(asked, "no_power",
                  tr_power_with_nearest(asked, what, tr_power_of_any(asked, POWER_HOLD), would),
                  NULL);
}

/* "no_budget, competitor or no_answer" */
static const char *reasons_text(const tr_asked *asked, const tr_stage_def *stage) {
  const char *text = stage->reasons[0];
  for (uint32_t i = 1; i < stage->reason_count; i++) {
    text = TR_ASKED_PRINT(asked, i + 1 == stage->reason_count ? "%s or %s" : "%s, %s", text,
                          stage->reasons[i]);
  }
  return text;
}

/* Nearly each power needs a reason; of a stage that knows reasons, one of them. */
bool tr_power_lacks_reason(const tr_asked *asked, const tr_stage_def *stage,
                           const tr_power_def *power) {
  for (uint32_t i = 0; asked->reason && stage && i < stage->reason_count; i++)
    if (strcmp(stage->reasons[i], asked->reason) == 0) return false;
  if (stage && stage->reason_count > 0) {
    tr_power_refuse(asked, "no_reason",
                    TR_ASKED_PRINT(asked, "the reason has to be %s", reasons_text(asked, stage)),
                    power);
    return true;
  }
  if (asked->reason || !power->needs_reason) return false;
  tr_power_refuse(asked, "no_reason", "a reason has to be given", power);
  return true;
}

/* ---- What is allowed ------------------------------------------------------------------------- */

static treaty_truth holds(const tr_asked *asked, const tr_power_def *power, tr_trace *trace) {
  treaty_engine *engine = asked->context->engine;
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = trace};
  if (power->act.when.count == 0) return TREATY_TRUE;
  return tr_evaluate_truth(&eval, &power->act.when,
                           (tr_view){.account = asked->context->account, .lead = asked->lead});
}

static void refuse_now(const tr_asked *asked, const tr_allowed *not_now) {
  const char *what =
      TR_ASKED_PRINT(asked, "the condition of '%s' does not hold", not_now->power->act.text);
  tr_decide_because(tr_power_refuse(asked, "not_now", what, not_now->power), not_now->trace);
}

bool tr_power_allows(const tr_asked *asked, tr_power_fits *fits, tr_allowed *allowed) {
  tr_allowed not_now = {0};
  for (uint32_t i = 0; i < asked->agreement->power_count; i++) {
    const tr_power_def *power = &asked->agreement->powers[i];
    if (power->party != asked->party || !fits(asked, power)) continue;
    tr_trace *trace = TR_NEW(&asked->context->engine->step, tr_trace);
    *allowed = (tr_allowed){.power = power, .trace = trace};
    if (holds(asked, power, trace) == TREATY_TRUE) return true;
    not_now = *allowed;
  }
  *allowed = (tr_allowed){0};
  if (not_now.power) refuse_now(asked, &not_now);
  return not_now.power != NULL;
}

/* ---- Moves ----------------------------------------------------------------------------------- */

static const tr_clause_def *promotion(const tr_asked *asked, uint32_t to) {
  const tr_stage_clauses *clauses = &asked->agreement->by_stage[asked->lead->stage];
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause_def *clause = &asked->agreement->clauses[clauses->clauses[i]];
    if (clause->kind == CLAUSE_PROMOTE && clause->to == to) return clause;
  }
  return NULL;
}

static void move(const tr_asked *asked, const tr_power_def *power, const tr_trace *trace) {
  tr_step_context *context = asked->context;
  const treaty_program *program = context->engine->program;
  tr_lead *lead = asked->lead;
  const tr_clause_def *promote =
      power->kind == POWER_PROMOTE ? promotion(asked, power->act.to) : NULL;
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_MOVED, lead, &power->act);
  decision->from = program->stages[lead->stage].name;
  decision->to = program->stages[power->act.to].name;
  decision->party = program->parties[asked->party];
  decision->reason = asked->reason;
  tr_decide_actor(context->engine, decision);
  tr_decide_because(decision, trace);
  const tr_value *kept = promote ? tr_keep_take(context, lead, promote) : NULL;
  if (promote) lead->bound = true;
  tr_enter_stage(context, lead, power->act.to, &power->act, asked->reason);
  if (promote) tr_keep_store(context, lead, promote, kept);
}

static bool allows_move(const tr_asked *asked, const tr_power_def *power) {
  return tr_power_moves(power->kind) && power->act.to == asked->stage &&
         tr_power_leads_from(power, asked->lead->stage);
}

static void ask_move(tr_asked *asked) {
  const treaty_program *program = asked->context->engine->program;
  asked->to = tr_power_said(asked->context->engine, MOVED_TO);
  asked->reason = tr_power_said(asked->context->engine, MOVED_REASON);
  asked->stage = asked->to ? stage_named(program, asked->to) : TR_NONE;
  if (asked->stage == TR_NONE) {
    tr_power_refuse(asked, "unknown_stage", "it names no stage of the treaty", NULL);
    return;
  }
  tr_allowed allowed;
  if (!tr_power_allows(asked, allows_move, &allowed))
    refuse_move(asked, asked->stage);
  else if (allowed.power &&
           !tr_power_lacks_reason(asked, &program->stages[asked->stage], allowed.power))
    move(asked, allowed.power, allowed.trace);
}

/* ---- Holds ----------------------------------------------------------------------------------- */

static const tr_power_def *power_of(const treaty_program *program, const tr_hold *hold) {
  return &program->agreements[hold->agreement].powers[hold->power];
}

static const char *holder(const treaty_program *program, const tr_hold *hold) {
  return program->parties[power_of(program, hold)->party];
}

/* Until when; TR_NEVER: that cannot be, which is said. */
static int64_t hold_until(const tr_asked *asked, const tr_power_def *power) {
  treaty_engine *engine = asked->context->engine;
  const treaty_value *until = &engine->event->values[HELD_UNTIL];
  int64_t most_ms = engine->clock_ms + power->at_most_ms;
  char text[TREATY_TIME_TEXT_BYTES];
  if (!until->present) return most_ms;
  if (until->integer > engine->clock_ms && until->integer <= most_ms) return until->integer;
  bool past = until->integer <= engine->clock_ms;
  treaty_time_text(engine->program, most_ms, text);
  tr_power_refuse(asked, past ? "past" : "too_long",
                  past ? "that instant has passed"
                       : TR_ASKED_PRINT(asked, "a lead may be held until %s at most", text),
                  power);
  return TR_NEVER;
}

static void hold(const tr_asked *asked, uint32_t power, int64_t until_ms) {
  treaty_engine *engine = asked->context->engine;
  tr_lead *lead = asked->lead;
  const tr_power_def *def = &asked->agreement->powers[power];
  lead->hold = tr_pool_alloc(&engine->pool, sizeof *lead->hold);
  *lead->hold = (tr_hold){.agreement = lead->agreement,
                          .power = power,
                          .since_ms = engine->clock_ms,
                          .until_ms = until_ms};
  treaty_decision *decision = tr_decide(asked->context, TREATY_LEAD_HELD, lead, &def->act);
  decision->party = engine->program->parties[asked->party];
  decision->reason = asked->reason;
  decision->due_ms = until_ms;
  tr_decide_actor(engine, decision);
}

static void ask_hold(tr_asked *asked) {
  asked->reason = tr_power_said(asked->context->engine, HELD_REASON);
  if (asked->lead->hold) {
    const char *party = holder(asked->context->engine->program, asked->lead->hold);
    tr_power_refuse(asked, "held_already", TR_ASKED_PRINT(asked, "%s holds the lead", party), NULL);
    return;
  }
  for (uint32_t i = 0; i < asked->agreement->power_count; i++) {
    const tr_power_def *power = &asked->agreement->powers[i];
    if (power->kind != POWER_HOLD || power->party != asked->party) continue;
    if (tr_power_lacks_reason(asked, NULL, power)) return;
    int64_t until_ms = hold_until(asked, power);
    if (until_ms != TR_NEVER) hold(asked, i, until_ms);
    return;
  }
  refuse_hold(asked);
}

/* Gives the decision that it ends, to be filled in. */
static treaty_decision *end_hold(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  const tr_power_def *power = power_of(engine->program, lead->hold);
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_RELEASED, lead, &power->act);
  decision->party = engine->program->parties[power->party];
  decision->due_ms = lead->hold->until_ms;
  tr_pool_free(&engine->pool, lead->hold, sizeof *lead->hold);
  lead->hold = NULL;
  return decision;
}

/* Only who holds it lets go of it. */
static void ask_release(tr_asked *asked) {
  const treaty_program *program = asked->context->engine->program;
  const tr_hold *held = asked->lead->hold;
  asked->reason = tr_power_said(asked->context->engine, RELEASED_REASON);
  if (!held) {
    tr_power_refuse(asked, "not_held", "nobody holds the lead", NULL);
  } else if (power_of(program, held)->party != asked->party) {
    const char *what =
        TR_ASKED_PRINT(asked, "%s holds the lead, and alone may release it", holder(program, held));
    tr_power_refuse(asked, "no_power", what, power_of(program, held));
  } else {
    treaty_decision *decision = end_hold(asked->context, asked->lead);
    decision->reason = asked->reason;
    tr_decide_actor(asked->context->engine, decision);
    asked->lead->until_ms = INT64_MIN; /* everything is looked at again */
  }
}

bool tr_hold_is_over(tr_step_context *context, tr_lead *lead) {
  if (!tr_is_due(context, lead->hold->until_ms)) return false;
  end_hold(context, lead);
  return true;
}

void tr_hold_end(tr_step_context *context, tr_lead *lead) {
  if (lead->hold) end_hold(context, lead);
}

void tr_hold_back(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  if (lead->hold->held_back == context->engine->step_number) return;
  lead->hold->held_back = context->engine->step_number;
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_HELD_BACK, lead, clause);
  const treaty_program *program = context->engine->program;
  if (clause->to != TR_NONE) decision->to = program->stages[clause->to].name;
  decision->party = holder(program, lead->hold);
  decision->due_ms = lead->hold->until_ms;
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* What it is for is not there. */
static void note_nothing(tr_step_context *context) {
  treaty_decision *decision = tr_decide(context, TREATY_EVENT_UNBOUND, NULL, NULL);
  decision->name = context->engine->event->type->name;
  decision->reason =
      context->closed ? "the lead is closed" : "no open lead of the account is meant";
}

void tr_power_step(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  tr_asked asked = {.context = context, .lead = context->bound, .party = TR_NONE};
  if (!asked.lead) {
    note_nothing(context);
    return;
  }
  tr_control control = program->events[engine->event->type->index].control;
  asked.party = control == CONTROL_PASSED ? tr_pass_party(engine)
                                          : tr_power_party(program, tr_power_said(engine, PARTY));
  if (asked.party == TR_NONE) {
    if (control == CONTROL_PASSED)
      tr_power_refuse(&asked, "unknown_person", "its actor is none of the people", NULL);
    else
      tr_power_refuse(&asked, "unknown_party", "it names no party of the treaty", NULL);
    return;
  }
  if (asked.lead->agreement == TR_NONE) {
    tr_power_refuse(&asked, "ungoverned",
                    "no agreement governs the lead, so nobody may decide about it", NULL);
    return;
  }
  asked.agreement = &program->agreements[asked.lead->agreement];
  switch (control) {
    case CONTROL_MOVED: ask_move(&asked); break;
    case CONTROL_HELD: ask_hold(&asked); break;
    case CONTROL_OFFERED: tr_override_ask(&asked); break;
    case CONTROL_PASSED: tr_pass_ask(&asked); break;
    default: ask_release(&asked); break;
  }
}

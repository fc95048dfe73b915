/* observe.c - taking an event in: which account, person and lead it is about, what it teaches,
 * which signals it is, and where those count. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/census.h"
#include "engine/history.h"
#include "engine/limits.h"
#include "engine/step.h"

/* Leads as they stood when the event happened: what was decided since is not looked at. */
static tr_view view_of(const tr_account *account, const tr_person *person, const tr_lead *lead) {
  return (tr_view){.account = account,
                   .person = person,
                   .lead = lead,
                   .before = true,
                   .member = lead && person ? tr_member_find(lead, person) : NULL};
}

static bool any_of(const tr_list_def *list, int64_t folded) {
  for (uint32_t i = 0; i < list->count; i++) {
    if (list->values[i] == folded) return true;
  }
  return false;
}

/* What `bind ENTITY by …` tells of the event, case-folded; false: nothing. */
static bool told_by_bind(treaty_engine *engine, tr_entity entity, tr_view view, const char **id,
                         size_t *length) {
  const tr_event_def *event = &engine->program->events[engine->event->type->index];
  if (event->bind[entity].value.count == 0) return false;
  tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
  tr_value value = tr_evaluate(&eval, &event->bind[entity].value, view);
  if (value.known != KNOWN) return false;
  uint32_t except = event->bind[entity].except, folded = tr_text_folded(engine, value.low);
  if (except != TR_NONE && folded != TR_TEXTS_NONE &&
      any_of(&engine->program->lists[except], folded))
    return false;
  treaty_text text = tr_text_bytes(engine, value.low);
  *id = tr_fold(&engine->step, text.bytes, text.length, length);
  return *length > 0 && *length <= TR_ID_BYTES_MAX;
}

bool tr_bind_account(treaty_engine *engine, tr_account **account, treaty_refusal *refusal) {
  const char *id = engine->event->account.bytes;
  size_t length = engine->event->account.length;
  *account = NULL;
  if (engine->program->events[engine->event->type->index].control == CONTROL_MERGED)
    tr_identity_kept(engine, &id, &length);
  if (!id && !told_by_bind(engine, ENTITY_ACCOUNT, (tr_view){0}, &id, &length)) {
    if (!engine->program->refuses_without_account) return true;
    refusal->code = TREATY_NO_ACCOUNT;
    snprintf(refusal->reason, sizeof refusal->reason,
             "the event names no account, and none can be told from it");
    return false;
  }
  *account = id == engine->event->account.bytes ? tr_account_of_event(engine, engine->event)
                                                : tr_account_make(engine, id, length);
  return true;
}

static tr_person *bind_person(treaty_engine *engine, tr_account *account) {
  const char *id = engine->event->person.bytes;
  size_t length = engine->event->person.length;
  if (!id && !told_by_bind(engine, ENTITY_PERSON, (tr_view){.account = account}, &id, &length))
    return NULL;
  return tr_person_make(engine, account, id, length);
}

/* ---- Signals --------------------------------------------------------------------------------- */

/* Of a sequence: whether what must have come before did. */
static bool follows(const treaty_engine *engine, const tr_firing *firing, tr_view view) {
  if (firing->after == TR_NONE) return true;
  const tr_window *window = &engine->program->windows[firing->after];
  const tr_entity_state *state = tr_view_state(view, window->entity);
  tr_stamp event = {.time_ms = engine->event_ms, .seq = tr_order_now(engine)};
  return state && tr_window_follows(&state->cells, window, event, firing->within_ms);
}

void tr_fire_behind(treaty_engine *engine, const tr_firing *firings, uint32_t count, tr_view view) {
  tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
  for (uint32_t i = 0; i < count; i++) {
    const tr_firing *firing = &firings[i];
    if (firing->needs != TR_NONE && !tr_fired(engine, firing->needs)) continue;
    if (tr_fired(engine, firing->signal)) continue;
    if (!follows(engine, firing, view)) continue;
    if (tr_evaluate_truth(&eval, &firing->where, view) != TREATY_TRUE) continue;
    engine->fired[firing->signal / 64] |= UINT64_C(1) << firing->signal % 64;
  }
}

static void fire(treaty_engine *engine, const tr_event_def *event, tr_view view) {
  const treaty_program *program = engine->program;
  memset(engine->fired, 0, sizeof(uint64_t) * tr_fired_words(program));
  uint32_t itself = program->signal_count + event->type.index;
  engine->fired[itself / 64] |= UINT64_C(1) << itself % 64;
  if (event->contacts != TR_NONE)
    engine->fired[event->contacts / 64] |= UINT64_C(1) << event->contacts % 64;
  if (event->cause == CAUSE_BUYER)
    engine->fired[program->activity / 64] |= UINT64_C(1) << program->activity % 64;
  tr_fire_behind(engine, event->firings, event->firing_count, view);
}

static bool opens(const treaty_engine *engine, const tr_event_def *event) {
  for (uint32_t i = 0; i < event->opener_count; i++) {
    const tr_opener *opener = &event->openers[i];
    if (tr_counts_at(engine, opener->reach, engine->event_ms) && tr_fired(engine, opener->trigger))
      return true;
  }
  return false;
}

/* ---- The lead -------------------------------------------------------------------------------- */

static tr_lead *open_lead(tr_step_context *context, const char *id, size_t length) {
  treaty_engine *engine = context->engine;
  tr_lead *lead = tr_lead_make(engine, context->account, id, length, engine->clock_ms);
  tr_enter_stage(context, lead, 0, NULL, NULL);
  return lead;
}

static tr_lead *bind_lead(tr_step_context *context, const tr_event_def *event, tr_view view) {
  treaty_engine *engine = context->engine;
  const char *id = engine->event->lead.bytes;
  size_t length = engine->event->lead.length;
  bool of_no_lead = event->control != CONTROL_NONE && !tr_control_is_power(event->control);
  if (engine->program->stage_count == 0 || of_no_lead) return NULL;
  if (id || told_by_bind(engine, ENTITY_LEAD, view, &id, &length)) {
    tr_lead *named = tr_lead_meant(context->account, id, length);
    if (named || !opens(engine, event)) return named;
    return open_lead(context, id, length);
  }
  tr_lead *lead = tr_lead_latest(context->account);
  uint32_t open = tr_leads_open(context->account);
  if (open > 1) context->chosen_among = open;
  return lead || !opens(engine, event) ? lead : open_lead(context, NULL, 0);
}

/* ---- What it teaches ------------------------------------------------------------------------- */

static bool is_text_type(const tr_type *type) {
  return tr_type_is_text(type) || type->kind == TYPE_TEXTS;
}

static bool is_known(tr_eval *eval, const tr_slot_field *field, const tr_entity_state *state,
                     uint32_t place) {
  tr_value value = tr_field_value(eval, field, state);
  if (field->type->kind != TYPE_SET) return value.known != UNKNOWN;
  return ((uint64_t)value.low | (uint64_t)value.high) >> place & 1;
}

/* One value of a field, by the rule of the action. */
static bool settle(tr_eval *eval, tr_entity_state *state, const tr_learn_action *action,
                   uint32_t place, int64_t value) {
  treaty_engine *engine = eval->engine;
  const tr_slot_field *field = &engine->program->entities[action->entity].fields[action->field];
  tr_settling settling = {
      .time_ms = engine->event_ms, .seq = engine->seq, .for_ms = action->for_ms};
  if (action->rule == RULE_EARLIEST) {
    return tr_fact_set_first(engine, &state->facts, field->slot + place, value, settling.time_ms,
                             settling.seq);
  }
  if (action->rule == RULE_ONCE && is_known(eval, field, state, place)) return false;
  return tr_fact_settle(engine, &state->facts, field, place, value, &settling);
}

/* Up or down a scale, from where the field stands; nothing comes of nothing known. */
static bool take_steps(tr_eval *eval, tr_entity_state *state, const tr_learn_action *action) {
  treaty_engine *engine = eval->engine;
  const tr_slot_field *field = &engine->program->entities[action->entity].fields[action->field];
  tr_value value = tr_field_value(eval, field, state);
  if (value.known != KNOWN) return false;
  int64_t last = (int64_t)field->type->values.count - 1, step = value.low + action->steps;
  if (step < 0) step = 0;
  if (step > last) step = last;
  return tr_fact_set(engine, &state->facts, action->slot, step, engine->event_ms, engine->seq);
}

static void teach(tr_eval *eval, tr_entity_state *state, const tr_learn_action *action,
                  tr_value value) {
  treaty_engine *engine = eval->engine;
  const tr_slot_field *field = &engine->program->entities[action->entity].fields[action->field];
  bool changed = false;
  switch (action->kind) {
    case TARGET_SET:
      changed = settle(eval, state, action, 0,
                       is_text_type(field->type) ? tr_text_kept(engine, value.low) : value.low);
      break;
    case TARGET_SET_ALL:
      for (uint32_t i = 0; i < action->slot_count; i++) {
        if (!(((uint64_t)value.low | (uint64_t)value.high) >> i & 1)) continue;
        changed |= settle(eval, state, action, i, (int64_t)((uint64_t)value.low >> i & 1));
      }
      break;
    case TARGET_ADD:
    case TARGET_REMOVE:
      changed = settle(eval, state, action, action->slot - field->slot, action->kind == TARGET_ADD);
      break;
    case TARGET_STEP: changed = take_steps(eval, state, action); break;
    case TARGET_FORGET:
      for (uint32_t i = 0; i < action->slot_count; i++)
        changed |= settle(eval, state, action, i, TR_FORGOTTEN);
      break;
  }
  if (changed) tr_touch(engine, field->input);
}

static void learn(tr_step_context *context, const tr_learn_rule *rules, uint32_t count,
                  tr_person *person, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
  tr_view view = view_of(context->account, person, lead);
  for (uint32_t i = 0; i < count; i++) {
    const tr_learn_rule *rule = &rules[i];
    if (!tr_counts_at(engine, rule->reach, engine->event_ms)) continue;
    if (rule->signal != TR_NONE && !tr_fired(engine, rule->signal)) continue;
    if (tr_evaluate_truth(&eval, &rule->where, view) != TREATY_TRUE) continue;
    for (uint32_t k = 0; k < rule->action_count; k++) {
      const tr_learn_action *action = &rule->actions[k];
      tr_entity_state *state = tr_view_changes(view, action->entity);
      tr_value value = {.known = KNOWN};
      if (!state) continue;
      if (action->value.count) value = tr_evaluate(&eval, &action->value, view);
      if (value.known == KNOWN) teach(&eval, state, action, value);
    }
  }
}

/* ---- Where it counts ------------------------------------------------------------------------- */

void tr_count_windows(treaty_engine *engine, tr_entity entity, tr_view view) {
  tr_entity_state *state = tr_view_changes(view, entity);
  for (uint32_t i = 0; state && i < engine->program->window_count; i++) {
    const tr_window *window = &engine->program->windows[i];
    if (window->entity == entity && tr_fired(engine, window->signal))
      tr_window_count(engine, &state->cells, window);
  }
  for (uint32_t i = 0; state && i < engine->program->measure_count; i++) {
    const tr_measure *measure = &engine->program->measures[i];
    if (measure->entity == entity && tr_fired(engine, measure->signal))
      tr_measure_count(engine, &state->cells, measure);
  }
}

static void count(treaty_engine *engine, tr_account *account, tr_person *person, tr_lead *lead,
                  tr_member *member) {
  tr_view view = {
      .account = account, .person = person, .lead = lead, .member = member, .before = true};
  for (int entity = 0; entity < TR_ENTITIES; entity++)
    tr_count_windows(engine, (tr_entity)entity, view);
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    tr_entity_state *state = tr_view_changes(view, (tr_entity)entity);
    if (state) tr_score_events(engine, (tr_entity)entity, &state->cells, view);
  }
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* `fired` tells what the event fires without a lead. */
static void take_in(tr_step_context *context, const tr_event_def *event, tr_person *person,
                    tr_lead *lead) {
  treaty_engine *engine = context->engine;
  tr_account *account = context->account;
  tr_member *member = lead && person ? tr_member_make(engine, account, lead, person) : NULL;
  engine->observed = person;
  account->is_there = true;
  if (person) person->is_there = true;
  if (!event->reads_event_only) fire(engine, event, view_of(account, person, lead));
  learn(context, event->learns, event->learn_count, person, lead);
  if (!event->reads_event_only) fire(engine, event, view_of(account, person, lead));
  if (event->contact && lead) tr_contact_judge(context, event, view_of(account, person, lead));
  count(engine, account, person, lead, member);
  if (event->fixing_count) learn(context, event->fixings, event->fixing_count, person, lead);
  engine->observed = NULL;
  if (person) tr_census_person(engine, account, person);
  if (lead && event->cause == CAUSE_BUYER)
    tr_phases_observe(engine, lead, view_of(account, person, lead));
  if (engine->program->watch_count) tr_signals_observe(context, person, lead, member);
}

void tr_observe_past(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  const tr_event_def *event = &engine->program->events[engine->event->type->index];
  tr_person *person = bind_person(engine, context->account);
  if (engine->program->observes_stages)
    tr_stays_at(context->account, engine->event_ms, engine->seq);
  fire(engine, event, view_of(context->account, person, NULL));
  take_in(context, event, person, lead);
}

void tr_observe(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  const tr_event_def *event = &engine->program->events[engine->event->type->index];
  tr_account *account = context->account;
  tr_person *person = bind_person(engine, account);
  context->person = person;
  if (engine->program->observes_stages) tr_stays_at(account, engine->event_ms, engine->seq);
  fire(engine, event, view_of(account, person, NULL));
  tr_lead *lead = bind_lead(context, event, view_of(account, person, NULL));
  if (lead) tr_lead_heard(account, lead, engine->event_ms);
  bool out_of_order =
      tr_history_out_of_order(engine, account) ||
      (lead && person && engine->options.history.event && tr_scores_entered_since(engine, lead));
  tr_history_add(engine, account, lead);
  if (out_of_order) {
    if (lead && person) tr_member_make(engine, account, lead, person);
    tr_rebuild(context);
  } else {
    take_in(context, event, person, lead);
  }
  if (engine->program->observes_stages) tr_stays_now(account);
  if (lead && lead->opened_seq == engine->seq) tr_signals_of_opening(context);
  if (lead) *(lead->closed ? &context->closed : &context->bound) = lead;
  if (!lead && event->for_lead)
    tr_decide(context, TREATY_EVENT_UNBOUND, NULL, NULL)->name = event->name;
}

/* signal.c - signals that no event is: silences, and conditions that begin.
 *
 *     visit        visit                          quiet comes about: `when no visit for 5 days`
 *   ----|------------|-------------- 5 days ---------|---------->
 *
 *     false or unknown       |  true              comes about where a condition begins to be true,
 *   -------------------------|----------------->  by an event or at the instant that time brings it
 *
 * How things stand is kept in a cell of the account, person, lead or member whose signal it is. A
 * signal that has come about counts for those whom it reaches, as an event does; what stands on it
 * comes about with it. Watches stand in the order of what they depend on, so one look through them
 * settles an instant. */
#include "engine/census.h"
#include "engine/score.h"
#include "engine/step.h"

/* How a watch stands for one of its entities. */
typedef struct standing {
  int64_t since_ms; /* a silence: its beginning */
  int64_t said_ms;  /* a silence: when one was said last; INT64_MIN: never */
  int64_t until_ms; /* a condition: until when it stays as it is */
  bool holds;       /* a condition: it is true */
} standing;

/* One entity, with those that it is part of. */
typedef struct subject {
  tr_account *account;
  tr_person *person;
  tr_lead *lead;
  tr_member *member;
  bool before; /* leads as they stood then */
} subject;

static tr_view view_of(const subject *of) {
  return (tr_view){.account = of->account,
                   .person = of->person,
                   .lead = of->lead,
                   .member = of->member,
                   .before = of->before};
}

static tr_entity_state *state_of(const subject *of, tr_entity entity) {
  return tr_view_changes(view_of(of), entity);
}

/* ---- Standings ------------------------------------------------------------------------------- */

static standing *find_standing(const tr_watch *watch, const subject *of) {
  const tr_entity_state *state = state_of(of, watch->entity);
  const tr_cell *cell = state ? tr_cell_find(&state->cells, watch->cell) : NULL;
  return cell && cell->count ? cell->items : NULL;
}

/* When it is looked at again. */
static int64_t due_ms(const tr_watch *watch, const standing *stands) {
  if (watch->other == TR_NONE) return stands->until_ms;
  int64_t end_ms = stands->since_ms + watch->for_ms;
  return stands->said_ms < end_ms ? end_ms : TR_NEVER;
}

static void look_again_at(tr_account *account, int64_t instant_ms) {
  if (instant_ms < account->signals_ms) account->signals_ms = instant_ms;
}

/* The silence of a lead begins when it opens, of others with their first event. One of a lead is
 * looked for also where all of its events were taken back. */
static standing *make_standing(treaty_engine *engine, const tr_watch *watch, const subject *of,
                               int64_t at_ms) {
  tr_entity_state *state = state_of(of, watch->entity);
  tr_cell *cell = tr_cell_make(engine, &state->cells, watch->cell);
  if (!cell->count) {
    if (!cell->items) tr_cell_widen(engine, cell, sizeof(standing));
    *(standing *)cell->items =
        (standing){.since_ms = watch->entity == ENTITY_LEAD ? of->lead->opened_ms : at_ms,
                   .said_ms = INT64_MIN,
                   .until_ms = INT64_MIN};
    cell->count = 1;
  }
  return cell->items;
}

/* Something has happened to an entity at an instant; what is missed of it may be over. */
static void note(treaty_engine *engine, const uint64_t *fired, tr_entity entity, const subject *of,
                 int64_t at_ms, bool of_event) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->watch_count; i++) {
    const tr_watch *watch = &program->watches[i];
    if (watch->entity != entity || watch->other == TR_NONE) continue;
    standing *stands = of_event || entity == ENTITY_LEAD ? make_standing(engine, watch, of, at_ms)
                                                         : find_standing(watch, of);
    if (!stands) continue;
    bool came = fired[watch->other / 64] >> watch->other % 64 & 1;
    if (came && at_ms > stands->since_ms) stands->since_ms = at_ms;
    int64_t due = due_ms(watch, stands);
    look_again_at(of->account, due < at_ms ? at_ms : due); /* time does not go back */
  }
}

/* ---- Coming about ---------------------------------------------------------------------------- */

/* Whom a signal counts for, with the entities around each. */
typedef struct target {
  tr_entity entity;
  subject of;
} target;

typedef TR_LIST(target) targets;

static void add_target(treaty_engine *engine, targets *all, tr_entity entity, subject of) {
  target one = {.entity = entity, .of = of};
  if (state_of(&of, entity)) TR_PUSH(&engine->step, all, one);
}

static bool is_earlier(tr_stamp a, tr_stamp b) {
  return a.time_ms < b.time_ms || (a.time_ms == b.time_ms && a.seq < b.seq);
}

static bool has_closed(const tr_lead *lead, tr_stamp at) {
  return lead->closed && is_earlier(lead->closed_at, at);
}

/* Leads count from their opening until they close, each with the event that it comes of. */
static bool is_open_at(const tr_lead *lead, tr_stamp at) {
  tr_stamp opened_at = {.time_ms = lead->opened_ms, .seq = lead->opened_seq};
  if (tr_lead_joined_into(lead)) return false;
  return !is_earlier(at, opened_at) && !has_closed(lead, at);
}

static tr_member *present_member(const tr_lead *lead, const tr_person *person) {
  tr_member *member = tr_member_find(lead, person);
  return member && member->is_there ? member : NULL;
}

/* A signal of a person reaches the leads that the person is a member of; one of the account all;
 * and each the entities that it is part of. */
static targets reached(tr_step_context *context, tr_entity entity, const subject *of, tr_stamp at) {
  treaty_engine *engine = context->engine;
  targets all = {0};
  add_target(engine, &all, ENTITY_ACCOUNT, *of);
  add_target(engine, &all, ENTITY_PERSON, *of);
  for (tr_lead *lead = of->account->leads; lead; lead = lead->next) {
    subject here = {
        .account = of->account, .person = of->person, .lead = lead, .before = of->before};
    if (!is_open_at(lead, at) || (of->lead && lead != of->lead)) continue;
    if (of->person) here.member = present_member(lead, of->person);
    if (entity == ENTITY_PERSON && !here.member) continue;
    add_target(engine, &all, ENTITY_LEAD, here);
    add_target(engine, &all, ENTITY_MEMBER, here);
  }
  return all;
}

static void happen_to(tr_step_context *context, uint64_t *fired, const tr_lead *lead) {
  tr_happening happening = {.lead = lead, .fired = fired};
  TR_PUSH(&context->engine->step, &context->happenings, happening);
}

static void count(tr_step_context *context, uint64_t *fired, const targets *all, int64_t at_ms) {
  treaty_engine *engine = context->engine;
  for (uint32_t i = 0; i < all->count; i++)
    tr_count_windows(engine, all->items[i].entity, view_of(&all->items[i].of));
  for (uint32_t i = 0; i < all->count; i++) {
    const target *one = &all->items[i];
    tr_score_events(engine, one->entity, &state_of(&one->of, one->entity)->cells,
                    view_of(&one->of));
    note(engine, fired, one->entity, &one->of, at_ms, false);
    if (one->entity == ENTITY_LEAD) happen_to(context, fired, one->of.lead);
  }
}

/* Of the person and the member, which are one person's. */
static void note_change(treaty_engine *engine, const subject *of) {
  if (of->person) tr_census_person(engine, of->account, of->person);
}

static uint64_t *no_signals(treaty_engine *engine) {
  return TR_NEW_ARRAY(&engine->step, uint64_t, tr_fired_words(engine->program));
}

/* From here the engine's event time and signals are those of what comes about; they are given back
 * after it. */
static void come_about(tr_step_context *context, const tr_watch *watch, const subject *of,
                       tr_stamp at) {
  treaty_engine *engine = context->engine;
  int64_t event_ms = engine->event_ms;
  uint64_t *event_fired = engine->fired;
  bool by_time = engine->by_time;
  engine->by_time = at.seq == UINT64_MAX;
  engine->event_ms = at.time_ms;
  engine->fired = no_signals(engine);
  engine->fired[watch->signal / 64] |= UINT64_C(1) << watch->signal % 64;
  tr_fire_behind(engine, watch->firings, watch->firing_count, view_of(of));
  targets all = reached(context, watch->entity, of, at);
  const tr_person *observed = engine->observed;
  engine->observed = of->person;
  count(context, engine->fired, &all, at.time_ms);
  engine->observed = observed;
  note_change(engine, of);
  context->came_about++;
  engine->fired = event_fired;
  engine->event_ms = event_ms;
  engine->by_time = by_time;
}

/* ---- Looking --------------------------------------------------------------------------------- */

typedef struct look {
  tr_step_context *context;
  const tr_watch *watch;
  tr_stamp at;   /* seq UINT64_MAX: all events of the instant are in */
  bool silences; /* they are said */
  bool before;   /* leads as they stood then */
} look;

static void look_at_silence(const look *look, const subject *of) {
  standing *stands = find_standing(look->watch, of);
  if (!stands && look->watch->entity == ENTITY_LEAD)
    stands = make_standing(look->context->engine, look->watch, of, look->at.time_ms);
  if (!stands || !look->silences || due_ms(look->watch, stands) > look->at.time_ms) return;
  stands->said_ms = look->at.time_ms;
  come_about(look->context, look->watch, of, look->at);
}

/* What begins comes about; a score stands still from here, or goes on. */
static void turn(const look *look, const subject *of, bool holds) {
  treaty_engine *engine = look->context->engine;
  const tr_watch *watch = look->watch;
  if (watch->freezes != TR_NONE) {
    const tr_score_def *score = &engine->program->scores[watch->freezes];
    tr_score_freeze(engine, score, &state_of(of, watch->entity)->cells, look->at.time_ms, holds);
    note_change(engine, of);
    look->context->came_about++;
    if (of->lead) happen_to(look->context, no_signals(engine), of->lead);
  } else if (holds) {
    come_about(look->context, watch, of, look->at);
  }
}

static void look_at_condition(const look *look, const subject *of) {
  treaty_engine *engine = look->context->engine;
  standing *stands = find_standing(look->watch, of);
  if (stands && stands->until_ms > look->at.time_ms && !tr_touches(engine, look->watch->inputs))
    return;
  if (!stands) stands = make_standing(engine, look->watch, of, look->at.time_ms);
  tr_eval eval = {
      .engine = engine, .now_ms = look->at.time_ms, .until_ms = TR_NEVER, .criteria_afresh = true};
  bool held = stands->holds;
  stands->holds = tr_evaluate_truth(&eval, &look->watch->when, view_of(of)) == TREATY_TRUE;
  stands->until_ms = eval.until_ms;
  if (stands->holds != held) turn(look, of, stands->holds);
}

static void look_at(const look *look, const subject *of) {
  if (look->watch->other == TR_NONE)
    look_at_condition(look, of);
  else
    look_at_silence(look, of);
  const standing *stands = find_standing(look->watch, of);
  if (stands) look_again_at(of->account, due_ms(look->watch, stands));
}

static void look_at_leads(const look *look, tr_account *account) {
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    subject of = {.account = account, .lead = lead, .before = look->before};
    if (lead->opened_ms > look->at.time_ms) look_again_at(account, lead->opened_ms);
    if (!is_open_at(lead, look->at)) continue;
    if (look->watch->entity == ENTITY_LEAD) {
      look_at(look, &of);
      continue;
    }
    for (uint32_t i = 0; i < lead->member_count; i++) {
      if (!lead->members[i].is_there) continue;
      of.member = &lead->members[i];
      of.person = of.member->person;
      look_at(look, &of);
    }
  }
}

/* The account's people that some event has named. */
static void look_at_people(const look *look, tr_account *account) {
  subject of = {.account = account, .before = look->before};
  for (uint32_t i = 0; i < account->person_count; i++) {
    of.person = account->persons[i].person;
    if (of.person->is_there) look_at(look, &of);
  }
}

/* Every entity of the account that the watch is about, in an order that does not change. */
static void look_at_all(const look *look, tr_account *account) {
  subject of = {.account = account, .before = look->before};
  switch (look->watch->entity) {
    case ENTITY_ACCOUNT:
      if (account->is_there) look_at(look, &of);
      return;
    case ENTITY_PERSON: look_at_people(look, account); return;
    default: look_at_leads(look, account); return;
  }
}

/* Of all that an event is about, the entity that the watch is. */
static subject part_of(const subject *of, tr_entity entity) {
  subject part = {.account = of->account, .before = of->before};
  if (entity == ENTITY_PERSON || entity == ENTITY_MEMBER) part.person = of->person;
  if (entity == ENTITY_LEAD || entity == ENTITY_MEMBER) part.lead = of->lead;
  if (entity == ENTITY_MEMBER) part.member = of->member;
  return part;
}

/* A lead that the event of the past has opened since is looked at when it opens. */
static void look_at_one(const look *look, const subject *of) {
  subject part = part_of(of, look->watch->entity);
  if (part.lead && part.lead->opened_ms > look->at.time_ms)
    look_again_at(part.account, part.lead->opened_ms);
  if (!part.lead || is_open_at(part.lead, look->at)) look_at(look, &part);
}

/* After an event: those that it is about, and all where it has changed what they share, where time
 * changes something at that instant, or where something has come about that may reach them. */
static void look_after_event(tr_step_context *context, const subject *of) {
  const treaty_program *program = context->engine->program;
  look look = {
      .context = context,
      .at = {.time_ms = context->engine->event_ms, .seq = context->engine->seq},
      .before = of->before,
  };
  bool due = context->account->signals_ms <= look.at.time_ms;
  uint32_t before = context->came_about;
  for (uint32_t i = 0; i < program->watch_count; i++) {
    look.watch = &program->watches[i];
    if (look.watch->other != TR_NONE) continue;
    if (due || context->came_about > before || tr_touches(context->engine, look.watch->shared))
      look_at_all(&look, context->account);
    else if (state_of(of, look.watch->entity))
      look_at_one(&look, of);
  }
}

static void look_at_instant(tr_step_context *context, tr_stamp at, bool silences) {
  const treaty_program *program = context->engine->program;
  look look = {.context = context, .at = at, .silences = silences, .before = context->looks_back};
  context->account->signals_ms = TR_NEVER;
  for (uint32_t i = 0; i < program->watch_count; i++) {
    look.watch = &program->watches[i];
    look_at_all(&look, context->account);
  }
  /* A silence that was over before its lead opened is said now: time does not go back. */
  if (context->account->signals_ms < at.time_ms) context->account->signals_ms = at.time_ms;
}

/* ---- A step ---------------------------------------------------------------------------------- */

int64_t tr_signals_by_time(tr_step_context *context, int64_t now_ms) {
  tr_account *account = context->account;
  while (account->signals_ms <= now_ms) {
    tr_stamp at = {.time_ms = account->signals_ms, .seq = UINT64_MAX};
    /* an event of this instant that comes later is late */
    if (at.time_ms >= account->observed_ms) account->observed_ms = at.time_ms + 1;
    look_at_instant(context, at, true); /* a second look finds nothing due */
  }
  return account->signals_ms;
}

/* A lead that is closed has no silence any more: the end of one would lie in the past. */
void tr_signals_observe(tr_step_context *context, tr_person *person, tr_lead *lead,
                        tr_member *member) {
  treaty_engine *engine = context->engine;
  /* Stages as the event itself sees them. */
  subject of = {.account = context->account,
                .person = person,
                .lead = lead,
                .member = member,
                .before = context->looks_back || engine->program->observes_stages};
  tr_stamp at = {.time_ms = engine->event_ms, .seq = engine->seq};
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    bool of_lead = entity == ENTITY_LEAD || entity == ENTITY_MEMBER;
    if (state_of(&of, (tr_entity)entity) && !(of_lead && lead && has_closed(lead, at)))
      note(engine, engine->fired, (tr_entity)entity, &of, engine->event_ms, true);
  }
  look_after_event(context, &of);
}

static void look_behind_entry(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  tr_stamp at = {.time_ms = engine->clock_ms, .seq = context->by_time ? UINT64_MAX : engine->seq};
  tr_touch(engine, engine->program->stage_input);
  for (uint32_t i = 0; i < engine->program->kept_count; i++)
    tr_touch(engine, engine->program->kept[i].input);
  engine->behind_entry = true;
  look_at_instant(context, at, false);
  engine->behind_entry = false;
  if (context->looks < UINT8_MAX) context->looks++;
}

bool tr_signals_of_stages(tr_step_context *context) {
  uint32_t before = context->came_about;
  if (!context->engine->program->watches_stages) return false;
  look_behind_entry(context);
  return context->came_about > before;
}

void tr_signals_of_opening(tr_step_context *context) {
  if (context->engine->program->watches_leads) look_behind_entry(context);
}

bool *tr_happens(tr_step_context *context, const tr_lead *lead, uint32_t signal) {
  if (signal == TR_NONE) return NULL;
  if (lead == context->bound && !context->by_time && !context->event_spent &&
      tr_fired(context->engine, signal))
    return &context->event_spent;
  for (uint32_t i = 0; i < context->happenings.count; i++) {
    tr_happening *happening = &context->happenings.items[i];
    if (happening->lead == lead && !happening->spent &&
        (happening->fired[signal / 64] >> signal % 64 & 1))
      return &happening->spent;
  }
  return NULL;
}

bool tr_happens_at_all(const tr_step_context *context, const tr_lead *lead, uint32_t signal) {
  if (signal == TR_NONE) return false;
  if (lead == context->bound && !context->by_time && tr_fired(context->engine, signal)) return true;
  for (uint32_t i = 0; i < context->happenings.count; i++) {
    const tr_happening *happening = &context->happenings.items[i];
    if (happening->lead == lead && (happening->fired[signal / 64] >> signal % 64 & 1)) return true;
  }
  return false;
}

/* ---- When ------------------------------------------------------------------------------------ */

static bool is_behind(const tr_watch *watch, uint32_t signal) {
  for (uint32_t i = 0; i < watch->firing_count; i++) {
    if (watch->firings[i].signal == signal) return true;
  }
  return watch->signal == signal;
}

static int64_t due_of(const tr_watch *watch, const subject *of) {
  const standing *stands = state_of(of, watch->entity) ? find_standing(watch, of) : NULL;
  return stands ? due_ms(watch, stands) : TR_NEVER;
}

int64_t tr_signal_due(const treaty_engine *engine, tr_view view, uint32_t signal) {
  subject of = {.account = (tr_account *)view.account, .lead = (tr_lead *)view.lead};
  int64_t first_ms = TR_NEVER;
  for (uint32_t i = 0; i < engine->program->watch_count; i++) {
    const tr_watch *watch = &engine->program->watches[i];
    bool personal = watch->entity == ENTITY_PERSON || watch->entity == ENTITY_MEMBER;
    if (!is_behind(watch, signal)) continue;
    if (!personal && due_of(watch, &of) < first_ms) first_ms = due_of(watch, &of);
    for (uint32_t k = 0; personal && k < view.lead->member_count; k++) {
      if (!of.lead->members[k].is_there) continue;
      subject member = of;
      member.member = &of.lead->members[k];
      member.person = member.member->person;
      if (due_of(watch, &member) < first_ms) first_ms = due_of(watch, &member);
    }
  }
  return first_ms;
}

/* quota.c - see quota.h.
 *
 * What counts is heard while the leads of an account are looked at, and added up behind that: a
 * quota is kept when it is reached, behind all else that the step has decided. */
#include "engine/quota.h"

#include <stdlib.h>
#include <string.h>

#include "engine/explain.h"
#include "engine/limits.h"
#include "engine/people.h"

#define WHOLE INT64_C(1000000) /* 100 %, and one of what is counted */

static const tr_quota_def *def_of(const tr_quota *quota) { return quota->clause->quota; }

/* ---- Periods --------------------------------------------------------------------------------- */

/* The first day of the period that a day lies in, and of the next. */
static void days_of(tr_period kind, int64_t day, int64_t *first, int64_t *next) {
  if (kind == PERIOD_WEEK) {
    *first = day - tr_civil_weekday(day);
    *next = *first + 7;
    return;
  }
  tr_civil_date date = tr_civil_date_of(day);
  int32_t months = kind == PERIOD_MONTH ? 1 : 3, month = date.month - (date.month - 1) % months;
  bool ends_year = month + months > 12;
  *first = tr_civil_days(date.year, month, 1);
  *next = tr_civil_days(date.year + ends_year, ends_year ? 1 : month + months, 1);
}

/* The period that an instant lies in: [from, until). */
static void bounds_of(const treaty_engine *engine, const tr_quota *quota, int64_t at_ms,
                      int64_t *from_ms, int64_t *until_ms) {
  const tr_zone *zone = engine->program->zone;
  int64_t first, next;
  days_of(def_of(quota)->period, tr_civil_days_of_ms(tr_zone_to_local(zone, at_ms)), &first, &next);
  *from_ms = tr_zone_day_start(zone, first);
  *until_ms = tr_zone_day_start(zone, next);
}

/* A version that was taken up later is no part of a period that began before. */
static bool in_force(const tr_agreement_def *agreement, int64_t begins_ms, int64_t at_ms) {
  bool was_there = agreement->taken_ms == INT64_MIN || agreement->taken_ms < begins_ms - 1;
  return was_there && agreement->from_ms <= at_ms && at_ms < agreement->to_ms;
}

/* Until when versions of this name are in force, one after the other, from an instant on. */
static int64_t in_force_until(const treaty_program *program, const tr_agreement_def *agreement,
                              int64_t begins_ms) {
  int64_t at_ms = begins_ms;
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (uint32_t i = 0; i < program->agreement_count; i++) {
      const tr_agreement_def *other = &program->agreements[i];
      if (other->first != agreement->first || !in_force(other, begins_ms, at_ms)) continue;
      at_ms = other->to_ms;
      goes_on = at_ms != INT64_MAX;
    }
  }
  return at_ms;
}

/* The newest version in force when a period begins owes it, if the agreement is to be in force to
 * its end. */
static bool is_owed(const treaty_engine *engine, const tr_quota *quota, int64_t from_ms,
                    int64_t until_ms) {
  const treaty_program *program = engine->program;
  const tr_agreement_def *agreement = quota->agreement;
  if (engine->options.as_if_in_force) return agreement->newer_count == 0;
  if (!in_force(agreement, from_ms, from_ms)) return false;
  for (uint32_t i = 0; i < agreement->newer_count; i++) {
    if (in_force(&program->agreements[agreement->newer[i]], from_ms, from_ms)) return false;
  }
  return in_force_until(program, agreement, from_ms) >= until_ms;
}

/* The first period behind an instant that the version could owe; TR_NEVER: none. */
static int64_t next_begin(const treaty_engine *engine, const tr_quota *quota, int64_t until_ms) {
  const tr_agreement_def *agreement = quota->agreement;
  int64_t begins_ms = until_ms, from_ms;
  if (engine->options.as_if_in_force || agreement->from_ms >= agreement->to_ms) return TR_NEVER;
  if (agreement->from_ms > until_ms) {
    bounds_of(engine, quota, agreement->from_ms, &from_ms, &begins_ms);
    if (from_ms == agreement->from_ms) begins_ms = from_ms;
  }
  return begins_ms < agreement->to_ms ? begins_ms : TR_NEVER;
}

static void free_period(treaty_engine *engine, tr_quota_period *period) {
  tr_memory_free(&engine->memory, period->shares);
  tr_memory_free(&engine->memory, period->items);
  tr_memory_free(&engine->memory, period);
}

/* ---- The clock ------------------------------------------------------------------------------- */

/* A step is never early; at 100 % it comes in the period's last millisecond. */
static int64_t step_instant(const tr_quota_period *period, const tr_step_def *step) {
  int64_t length_ms = period->until_ms - period->from_ms;
  if (step->percent_millionths >= WHOLE) return period->until_ms - 1;
  return period->from_ms +
         (int64_t)(((__int128)length_ms * step->percent_millionths + WHOLE - 1) / WHOLE);
}

static void set_next(tr_quota *quota) {
  const tr_quota_def *def = def_of(quota);
  bool waits = quota->begins_ms != TR_NEVER;
  if (!quota->running)
    quota->next_ms = waits ? quota->begins_ms - 1 : TR_NEVER;
  else if (quota->next_step < def->step_count)
    quota->next_ms = step_instant(quota->running, &def->steps[quota->next_step]);
  else
    quota->next_ms = quota->running->until_ms - 1;
}

/* The steps of a period in which the log begins may have passed. */
static void start(treaty_engine *engine, tr_quota *quota, int64_t at_ms) {
  const tr_quota_def *def = def_of(quota);
  int64_t from_ms, until_ms;
  bounds_of(engine, quota, at_ms, &from_ms, &until_ms);
  quota->running = NULL;
  quota->next_step = 0;
  if (is_owed(engine, quota, from_ms, until_ms)) {
    quota->running = tr_memory_alloc(&engine->memory, sizeof *quota->running);
    *quota->running = (tr_quota_period){.from_ms = from_ms, .until_ms = until_ms};
    while (quota->next_step < def->step_count &&
           step_instant(quota->running, &def->steps[quota->next_step]) < engine->clock_ms)
      quota->next_step++;
  } else {
    quota->begins_ms = next_begin(engine, quota, until_ms);
  }
  set_next(quota);
}

static void find_next(treaty_engine *engine) {
  engine->quotas_next_ms = TR_NEVER;
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    if (engine->quotas[i].next_ms < engine->quotas_next_ms)
      engine->quotas_next_ms = engine->quotas[i].next_ms;
  }
}

void tr_quotas_init(treaty_engine *engine) {
  const treaty_program *program = engine->program;
  engine->quotas_next_ms = TR_NEVER;
  engine->quotas =
      tr_memory_alloc(&engine->memory, sizeof *engine->quotas * (program->quota_count + 1));
  for (uint32_t i = 0; i < program->quota_count; i++) {
    const tr_agreement_def *agreement = &program->agreements[program->quotas[i].agreement];
    engine->quotas[i] = (tr_quota){.agreement = agreement,
                                   .clause = &agreement->clauses[program->quotas[i].clause],
                                   .next_ms = TR_NEVER};
  }
}

void tr_quotas_begin(treaty_engine *engine) {
  if (engine->quotas_begun) return;
  engine->quotas_begun = true;
  for (uint32_t i = 0; i < engine->program->quota_count; i++)
    start(engine, &engine->quotas[i], engine->clock_ms);
  find_next(engine);
}

bool tr_quotas_runs(const treaty_engine *engine, const char *party, const char *counted) {
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    const tr_quota *quota = &engine->quotas[i];
    if (quota->running && strcmp(engine->program->parties[def_of(quota)->party], party) == 0 &&
        strcmp(def_of(quota)->counted, counted) == 0)
      return true;
  }
  return false;
}

/* ---- Who owes -------------------------------------------------------------------------------- */

#define OF_PARTY 0 /* the one share where it is not each person's */

static tr_quota_share *share_of(treaty_engine *engine, tr_quota_period *period, uint32_t share) {
  if (share >= period->share_room) {
    uint32_t room = share + 1 > 2 * period->share_room ? share + 1 : 2 * period->share_room;
    period->shares =
        tr_memory_grow(&engine->memory, period->shares, sizeof *period->shares * period->share_room,
                       sizeof *period->shares * room);
    period->share_room = room;
  }
  return &period->shares[share];
}

static bool is_of(const treaty_engine *engine, uint32_t rep, uint32_t party) {
  return rep < engine->rep_count && engine->program->teams[engine->reps[rep].team].party == party;
}

/* Each person of the party owes it who is there all the time, absent or not. */
static bool owes(const treaty_engine *engine, const tr_quota *quota, uint32_t share,
                 const tr_quota_period *period) {
  const tr_quota_def *def = def_of(quota);
  if (!def->each_rep) return share == OF_PARTY;
  if (!is_of(engine, share, def->party)) return false;
  const tr_rep *rep = &engine->reps[share];
  return !rep->left && rep->since_ms <= period->from_ms;
}

static uint32_t share_count(const treaty_engine *engine, const tr_quota *quota) {
  return def_of(quota)->each_rep ? engine->rep_count : 1;
}

/* Whose doing it is: of an event its actor's, else of whoever has the lead, or, for a stage, had it
 * last. TR_NONE: nobody's of the party. */
static uint32_t whose(const treaty_engine *engine, const tr_lead *lead, uint32_t party,
                      bool of_stage) {
  const treaty_event *event = engine->event;
  if (!of_stage && event && event->actor.bytes) {
    uint32_t actor = tr_people_find(engine, event->actor);
    if (is_of(engine, actor, party)) return actor;
  }
  if (is_of(engine, lead->rep, party)) return lead->rep;
  return of_stage && is_of(engine, lead->previous_rep, party) ? lead->previous_rep : TR_NONE;
}

/* ---- Absence --------------------------------------------------------------------------------- */

/* What was said before counts until it was said otherwise. */
void tr_quotas_keep_absence(treaty_engine *engine, uint32_t index) {
  tr_rep *rep = &engine->reps[index];
  tr_absence absence = {.from_ms = rep->absent_from_ms, .until_ms = rep->absent_until_ms};
  if (absence.until_ms > engine->clock_ms) absence.until_ms = engine->clock_ms;
  if (absence.until_ms <= absence.from_ms || engine->program->quota_count == 0) return;
  rep->absences = tr_pool_grow(&engine->pool, rep->absences, rep->absence_count, &rep->absence_room,
                               sizeof *rep->absences);
  rep->absences[rep->absence_count++] = absence;
}

static int by_begin(const void *a, const void *b) {
  const tr_absence *left = a, *right = b;
  return (left->from_ms > right->from_ms) - (left->from_ms < right->from_ms);
}

/* They may lie over each other: somebody may be said to have been absent for longer. */
static int64_t absent_ms(treaty_engine *engine, const tr_rep *rep, const tr_quota_period *period) {
  uint32_t count = rep->absence_count;
  tr_absence *all = TR_NEW_ARRAY(&engine->step, tr_absence, count + 1);
  if (count) memcpy(all, rep->absences, sizeof *all * count);
  all[count++] = (tr_absence){.from_ms = rep->absent_from_ms, .until_ms = rep->absent_until_ms};
  qsort(all, count, sizeof *all, by_begin);
  int64_t sum_ms = 0, reached_ms = period->from_ms;
  for (uint32_t i = 0; i < count; i++) {
    int64_t from_ms = all[i].from_ms > reached_ms ? all[i].from_ms : reached_ms;
    int64_t until_ms = all[i].until_ms < period->until_ms ? all[i].until_ms : period->until_ms;
    if (until_ms <= from_ms) continue;
    sum_ms += until_ms - from_ms;
    reached_ms = until_ms;
  }
  return sum_ms;
}

/* ---- Decisions ------------------------------------------------------------------------------- */

static const char *amount_text(treaty_engine *engine, const tr_quota_def *def, __int128 amount) {
  int64_t fits = amount > INT64_MAX ? INT64_MAX : amount < INT64_MIN ? INT64_MIN : (int64_t)amount;
  return tr_show(engine, &engine->step, def->type, tr_known_value(fits));
}

static const char *const periods[] = {
    [PERIOD_WEEK] = "week", [PERIOD_MONTH] = "month", [PERIOD_QUARTER] = "quarter"};

static treaty_decision *decide(treaty_engine *engine, const tr_quota *quota,
                               treaty_decision_kind kind, tr_quota_period *period, uint32_t share) {
  const tr_quota_def *def = def_of(quota);
  treaty_decision decision = {
      .kind = kind,
      .seq = engine->seq,
      .n = engine->next_n++,
      .time_ms = engine->clock_ms,
      .agreement = quota->agreement->name,
      .version = quota->agreement->version,
      .file = quota->clause->file,
      .line = quota->clause->line,
      .party = engine->program->parties[def->party],
      .name = def->name,
      .per = periods[def->period],
      .offered_ms = period->from_ms,
      .due_ms = period->until_ms - 1,
      .owed = amount_text(engine, def, def->owed),
      .reached = amount_text(engine, def, share_of(engine, period, share)->reached)};
  if (def->each_rep) decision.rep = engine->reps[share].id.bytes;
  if (engine->event) {
    decision.cause_source = engine->event->source;
    decision.cause_id = engine->event->id;
  }
  TR_PUSH(&engine->step, &engine->decisions, decision);
  return &engine->decisions.items[engine->decisions.count - 1];
}

/* ---- What falls due -------------------------------------------------------------------------- */

static void do_step(treaty_engine *engine, tr_quota *quota, const tr_step_def *step) {
  static const treaty_decision_kind kinds[] = {[STEP_REMIND] = TREATY_QUOTA_REMINDED,
                                               [STEP_ESCALATE] = TREATY_QUOTA_ESCALATED,
                                               [STEP_TELL] = TREATY_QUOTA_TOLD};
  for (uint32_t i = 0; i < share_count(engine, quota); i++) {
    if (!owes(engine, quota, i, quota->running) || share_of(engine, quota->running, i)->kept)
      continue;
    treaty_decision *decision = decide(engine, quota, kinds[step->kind], quota->running, i);
    decision->from = decision->party;
    decision->party = step->who;
    decision->address = step->address;
    decision->say = step->say;
    decision->percent_millionths = step->percent_millionths;
  }
}

static void break_it(treaty_engine *engine, tr_quota *quota, bool *any) {
  tr_quota_period *period = quota->running;
  for (uint32_t i = 0; i < share_count(engine, quota); i++) {
    tr_quota_share *share = share_of(engine, period, i);
    if (share->kept || !owes(engine, quota, i, period)) continue;
    share->broken = *any = true;
    treaty_decision *broken = decide(engine, quota, TREATY_QUOTA_BROKEN, period, i);
    if (def_of(quota)->each_rep) broken->absent_ms = absent_ms(engine, &engine->reps[i], period);
  }
}

/* For what is told of late; of very many the oldest go. */
static void keep_over(treaty_engine *engine, tr_quota *quota, tr_quota_period *period) {
  tr_quota_period **place = &quota->over;
  period->before = quota->over;
  quota->over = period;
  for (uint32_t i = 0; *place && i < TR_QUOTA_PERIODS_MAX; i++) place = &(*place)->before;
  if (*place) free_period(engine, *place);
  *place = NULL;
}

static void close_period(treaty_engine *engine, tr_quota *quota) {
  const tr_quota_def *def = def_of(quota);
  tr_quota_period *period = quota->running;
  bool any = false;
  break_it(engine, quota, &any);
  for (; quota->next_step < def->step_count; quota->next_step++)
    do_step(engine, quota, &def->steps[quota->next_step]);
  start(engine, quota, period->until_ms);
  if (any)
    keep_over(engine, quota, period);
  else
    free_period(engine, period);
}

static void do_due(treaty_engine *engine, tr_quota *quota) {
  while (quota->next_ms <= engine->clock_ms) {
    if (!quota->running)
      start(engine, quota, quota->begins_ms);
    else if (quota->next_ms >= quota->running->until_ms - 1)
      close_period(engine, quota);
    else {
      do_step(engine, quota, &def_of(quota)->steps[quota->next_step++]);
      set_next(quota);
    }
  }
}

void tr_quotas_by_time(treaty_engine *engine) {
  engine->event = NULL;
  for (uint32_t i = 0; i < engine->program->quota_count; i++) do_due(engine, &engine->quotas[i]);
  find_next(engine);
}

/* ---- What counts ----------------------------------------------------------------------------- */

static tr_quota_period *period_at(const tr_quota *quota, int64_t at_ms) {
  if (quota->running && quota->running->from_ms <= at_ms && at_ms < quota->running->until_ms)
    return quota->running;
  tr_quota_period *period = quota->over;
  while (period && !(period->from_ms <= at_ms && at_ms < period->until_ms)) period = period->before;
  return period;
}

static void add(treaty_engine *engine, const tr_quota *quota, tr_quota_period *period,
                uint32_t share_index, int64_t amount) {
  tr_quota_share *share = share_of(engine, period, share_index);
  share->reached += amount;
  if (period != quota->running) {
    if (!share->broken) return;
    treaty_decision *noted = decide(engine, quota, TREATY_QUOTA_NOTED, period, share_index);
    noted->answered_ms = engine->event_ms;
    noted->enough = share->reached >= def_of(quota)->owed;
    return;
  }
  if (share->kept || share->reached < def_of(quota)->owed) return;
  if (!owes(engine, quota, share_index, period)) return;
  share->kept = true;
  decide(engine, quota, TREATY_QUOTA_KEPT, period, share_index);
}

static void keep_item(treaty_engine *engine, tr_quota_period *period, uint32_t share,
                      int64_t amount) {
  if (period->item_count == period->item_room) {
    uint32_t room = period->item_room ? 2 * period->item_room : 16;
    period->items =
        tr_memory_grow(&engine->memory, period->items, sizeof *period->items * period->item_room,
                       sizeof *period->items * room);
    period->item_room = room;
  }
  period->items[period->item_count++] =
      (tr_quota_item){.seq = engine->seq, .share = share, .amount = amount};
}

static void count_event(treaty_engine *engine, const tr_quota_hit *hit) {
  const tr_quota *quota = &engine->quotas[hit->quota];
  tr_quota_period *period = period_at(quota, engine->event_ms);
  if (!period) return;
  if (engine->event && engine->program->takes_back)
    keep_item(engine, period, hit->share, hit->amount);
  add(engine, quota, period, hit->share, hit->amount);
}

/* A lead counts once in a period, however often it comes to the stage. */
static bool counted_before(treaty_engine *engine, tr_lead *lead, const tr_quota *quota,
                           int64_t from_ms) {
  tr_aside *aside = tr_lead_aside(engine, lead);
  for (tr_quota_entry *entry = aside->counted; entry; entry = entry->next) {
    if (entry->quota != quota) continue;
    bool before = entry->from_ms == from_ms;
    entry->from_ms = from_ms;
    return before;
  }
  tr_quota_entry *entry = tr_pool_alloc(&engine->pool, sizeof *entry);
  *entry = (tr_quota_entry){.next = aside->counted, .quota = quota, .from_ms = from_ms};
  aside->counted = entry;
  return false;
}

/* A newer version may call the stage otherwise. */
static bool is_its_stage(const treaty_engine *engine, const tr_quota *quota,
                         const tr_quota_hit *hit) {
  const tr_agreement_def *now = &engine->program->agreements[hit->agreement];
  uint32_t stage = def_of(quota)->stage;
  if (quota->agreement->first != now->first || stage == TR_NONE) return false;
  for (uint32_t i = 0; i < now->becomes_count && now != quota->agreement; i++) {
    if (now->becomes[i].from == stage) stage = now->becomes[i].to;
  }
  return stage == hit->stage;
}

/* Stages are entered at the engine's clock: no entry is late. */
static void count_entry(treaty_engine *engine, const tr_quota_hit *hit) {
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    const tr_quota *quota = &engine->quotas[i];
    const tr_quota_def *def = def_of(quota);
    if (!quota->running || !is_its_stage(engine, quota, hit)) continue;
    uint32_t share = def->each_rep ? whose(engine, hit->lead, def->party, true) : OF_PARTY;
    if (share == TR_NONE || counted_before(engine, hit->lead, quota, quota->running->from_ms))
      continue;
    add(engine, quota, quota->running, share, WHOLE);
  }
}

void tr_quotas_settle(tr_step_context *context) {
  for (uint32_t i = 0; i < context->hits.count; i++) {
    const tr_quota_hit *hit = &context->hits.items[i];
    if (hit->lead)
      count_entry(context->engine, hit);
    else
      count_event(context->engine, hit);
  }
  context->hits.count = 0;
}

void tr_quotas_enter(tr_step_context *context, tr_lead *lead) {
  if (context->engine->program->quota_count == 0) return;
  lead->entry_waits = lead->agreement == TR_NONE;
  if (lead->entry_waits) return;
  tr_quota_hit hit = {.lead = lead, .stage = lead->stage, .agreement = lead->agreement};
  TR_PUSH(&context->engine->step, &context->hits, hit);
}

/* What the event adds; false: nothing, as it does not say how much. */
static bool amount_of(treaty_engine *engine, const tr_quota_def *def, int64_t *amount) {
  *amount = WHOLE;
  if (def->field == TR_NONE) return true;
  if (!engine->event) return false;
  tr_value value = tr_event_value(engine, def->field);
  *amount = value.low;
  return value.known == KNOWN;
}

void tr_quotas_hear(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  uint32_t first = engine->program->agreements[lead->agreement].first;
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    const tr_quota *quota = &engine->quotas[i];
    const tr_quota_def *def = def_of(quota);
    tr_quota_hit hit = {.quota = i, .share = OF_PARTY};
    if (quota->agreement->first != first || !tr_happens_at_all(context, lead, def->signal) ||
        tr_begun_before(context, lead, quota->clause) || !amount_of(engine, def, &hit.amount))
      continue;
    if (def->each_rep) hit.share = whose(engine, lead, def->party, false);
    if (hit.share != TR_NONE) TR_PUSH(&engine->step, &context->hits, hit);
  }
}

/* ---- Taken back ------------------------------------------------------------------------------ */

/* They lie in order of their SEQ. What was decided stays. */
static void take_back(tr_quota_period *period, uint64_t seq) {
  uint32_t from = 0, to = period->item_count;
  while (from < to) {
    uint32_t middle = from + (to - from) / 2;
    if (period->items[middle].seq < seq)
      from = middle + 1;
    else
      to = middle;
  }
  for (; from < period->item_count && period->items[from].seq == seq; from++) {
    period->shares[period->items[from].share].reached -= period->items[from].amount;
    period->items[from].amount = 0;
  }
}

void tr_quotas_void(treaty_engine *engine, uint64_t seq) {
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    tr_quota *quota = &engine->quotas[i];
    if (quota->running) take_back(quota->running, seq);
    for (tr_quota_period *period = quota->over; period; period = period->before)
      take_back(period, seq);
  }
}

/* ---- As things stand ------------------------------------------------------------------------- */

static treaty_quota show(treaty_engine *engine, const tr_quota *quota, uint32_t index) {
  const tr_quota_def *def = def_of(quota);
  const tr_quota_share *share = share_of(engine, quota->running, index);
  return (treaty_quota){.party = engine->program->parties[def->party],
                        .rep = def->each_rep ? engine->reps[index].id.bytes : NULL,
                        .name = def->name,
                        .per = periods[def->period],
                        .started_ms = quota->running->from_ms,
                        .due_ms = quota->running->until_ms - 1,
                        .owed = amount_text(engine, def, def->owed),
                        .reached = amount_text(engine, def, share->reached),
                        .kept = share->kept,
                        .agreement = quota->agreement->name,
                        .version = quota->agreement->version,
                        .file = quota->clause->file,
                        .line = quota->clause->line};
}

const treaty_quota *treaty_engine_quotas(treaty_engine *engine, size_t *count) {
  TR_LIST(treaty_quota) shown = {0};
  *count = 0;
  LOOK(engine, NULL)
  for (uint32_t i = 0; i < engine->program->quota_count; i++) {
    const tr_quota *quota = &engine->quotas[i];
    for (uint32_t k = 0; quota->running && k < share_count(engine, quota); k++) {
      if (!owes(engine, quota, k, quota->running)) continue;
      treaty_quota one = show(engine, quota, k);
      TR_PUSH(&engine->step, &shown, one);
    }
  }
  engine->memory.on_failure = NULL;
  *count = shown.count;
  return shown.items;
}

/* deadline.c - see deadline.h. */
#include "engine/deadline.h"

#include <assert.h>

#define WHOLE INT64_C(1000000) /* 100 % in millionths */

/* ---- Instants -------------------------------------------------------------------------------- */

static int64_t paused_open_ms(const tr_deadline *clock) {
  return clock->rarely ? clock->rarely->paused_open_ms : 0;
}

/* The time allowed, of hours; -1: not known yet. */
static int64_t allowed_ms(const tr_terms_def *terms, const tr_deadline *clock) {
  return terms->tier.count ? clock->rarely->allowed_ms : terms->within;
}

/* The business days allowed; 0: hours are. */
static uint32_t allowed_days(const tr_terms_def *terms, const tr_deadline *clock) {
  if (terms->tier.count) return clock->rarely ? clock->rarely->allowed_days : 0;
  return terms->business_days ? (uint32_t)terms->within : 0;
}

static tr_rarely *rarely_of(treaty_engine *engine, tr_deadline *clock) {
  if (clock->rarely) return clock->rarely;
  clock->rarely = tr_pool_alloc(&engine->pool, sizeof *clock->rarely);
  *clock->rarely = (tr_rarely){.allowed_ms = -1, .paused_since_ms = TR_NEVER};
  return clock->rarely;
}

void tr_rarely_free(treaty_engine *engine, tr_rarely *rarely) {
  if (rarely) tr_pool_free(&engine->pool, rarely, sizeof *rarely);
}

/* The calendar that counts; NULL: around the clock. */
static const tr_calendar *calendar_of(const tr_terms_def *terms, const tr_deadline *clock) {
  return terms->hours_of_rep ? clock->rarely->hours : terms->calendar;
}

static int64_t open_between_ms(const tr_calendar *calendar, int64_t from_ms, int64_t to_ms) {
  if (to_ms <= from_ms) return 0;
  return calendar ? tr_calendar_open_between_ms(calendar, from_ms, to_ms) : to_ms - from_ms;
}

static int64_t days_instant(const tr_terms_def *terms, const tr_deadline *clock, uint32_t days) {
  int64_t instant_ms = tr_calendar_add_business_days(terms->calendar, clock->started_ms, days);
  if (paused_open_ms(clock) == 0) return instant_ms;
  return tr_calendar_add_open_ms(terms->calendar, instant_ms, paused_open_ms(clock));
}

/* The instant at which so much of the time allowed has passed. Whole percentages of whole
 * milliseconds are exact; what is left of a millisecond, or of a business day, is rounded up: a
 * deadline is never early. */
static int64_t share_instant(const tr_terms_def *terms, const tr_deadline *clock,
                             int64_t share_millionths) {
  uint64_t days = allowed_days(terms, clock);
  if (days > 0)
    return days_instant(terms, clock,
                        (uint32_t)((days * (uint64_t)share_millionths + WHOLE - 1) / WHOLE));
  int64_t share_ms =
      (int64_t)(((__int128)allowed_ms(terms, clock) * share_millionths + WHOLE - 1) / WHOLE);
  const tr_calendar *calendar = calendar_of(terms, clock);
  if (!calendar) return clock->started_ms + paused_open_ms(clock) + share_ms;
  return tr_calendar_add_open_ms(calendar, clock->started_ms, share_ms + paused_open_ms(clock));
}

static int64_t step_instant(const tr_terms_def *terms, const tr_deadline *clock,
                            const tr_step_def *step) {
  return step->business_days ? days_instant(terms, clock, step->business_days)
                             : share_instant(terms, clock, step->percent_millionths);
}

static bool is_before_breach(const tr_terms_def *terms, const tr_step_def *step) {
  return step->business_days ? step->business_days < terms->within
                             : step->percent_millionths < WHOLE;
}

/* ---- The clock ------------------------------------------------------------------------------- */

static bool is_paused(const tr_deadline *clock) {
  return clock->rarely && clock->rarely->paused_since_ms != TR_NEVER;
}

bool tr_deadline_is_paused(const tr_deadline *clock) { return is_paused(clock); }

/* A pause that began before its terms were known to allow for one has no end. */
static int64_t pause_end(const tr_terms_def *terms, const tr_deadline *clock) {
  if (clock->sent_back || terms->pauses_most_ms == INT64_MAX) return TR_NEVER;
  return clock->rarely->paused_since_ms + terms->pauses_most_ms - clock->rarely->paused_ms;
}

/* The next step, or the breach where that comes first. */
static void set_next(const tr_terms_def *terms, tr_deadline *clock) {
  clock->next_ms = TR_NEVER;
  if (is_paused(clock)) {
    clock->next_ms = pause_end(terms, clock);
    return;
  }
  if (clock->due_ms == TR_NEVER) return;
  if (clock->next_step < terms->step_count)
    clock->next_ms = step_instant(terms, clock, &terms->steps[clock->next_step]);
  if (!clock->broken && clock->due_ms < clock->next_ms) clock->next_ms = clock->due_ms;
}

static void learn_tier(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                       tr_deadline *clock) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  tr_value tier = tr_evaluate(&eval, &terms->tier, tr_lead_view(context, lead));
  tr_hold_until(lead, eval.until_ms);
  if (tier.known != KNOWN) return;
  tr_rarely *rarely = rarely_of(engine, clock);
  rarely->allowed_ms = tier.low > 0 ? tier.low : 1;
  rarely->allowed_days = tier.low < 0 ? (uint32_t)-tier.low : 0;
  clock->due_ms = share_instant(terms, clock, WHOLE);
  set_next(terms, clock);
}

void tr_deadline_start(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                       tr_deadline *clock) {
  treaty_engine *engine = context->engine;
  tr_rarely_free(engine, clock->rarely);
  *clock = (tr_deadline){.started_ms = engine->clock_ms, .due_ms = TR_NEVER, .next_ms = TR_NEVER};
  if (terms->hours_of_rep || terms->tier.count)
    rarely_of(engine, clock)->hours = tr_people_hours(engine, lead);
  if (!terms->is_there) return;
  if (terms->tier.count) {
    learn_tier(context, lead, terms, clock);
    return;
  }
  clock->due_ms = share_instant(terms, clock, WHOLE);
  set_next(terms, clock);
}

bool tr_deadline_is_missed(const tr_step_context *context, const tr_deadline *clock) {
  return !clock->broken && !is_paused(clock) && tr_is_due(context, clock->due_ms);
}

tr_due tr_deadline_take(tr_step_context *context, const tr_terms_def *terms, tr_deadline *clock,
                        const tr_step_def **step) {
  if (is_paused(clock) || !tr_is_due(context, clock->next_ms)) return DUE_NOTHING;
  const tr_step_def *next =
      clock->next_step < terms->step_count ? &terms->steps[clock->next_step] : NULL;
  if (!clock->broken && !(next && is_before_breach(terms, next))) {
    clock->broken = true;
    set_next(terms, clock);
    return DUE_BREACH;
  }
  assert(next);
  *step = next;
  clock->next_step++;
  set_next(terms, clock);
  return DUE_STEP;
}

/* ---- Pauses ---------------------------------------------------------------------------------- */

static void pause_now(treaty_engine *engine, const tr_terms_def *terms, tr_deadline *clock) {
  rarely_of(engine, clock)->paused_since_ms = engine->clock_ms;
  set_next(terms, clock);
}

void tr_deadline_stop(const treaty_engine *engine, const tr_terms_def *terms, tr_deadline *clock) {
  if (!is_paused(clock)) return;
  int64_t now_ms = engine->clock_ms;
  tr_rarely *rarely = clock->rarely;
  rarely->paused_ms += now_ms - rarely->paused_since_ms;
  rarely->paused_open_ms +=
      open_between_ms(calendar_of(terms, clock), rarely->paused_since_ms, now_ms);
  rarely->paused_since_ms = TR_NEVER;
}

static void go_on(const treaty_engine *engine, const tr_terms_def *terms, tr_deadline *clock) {
  tr_deadline_stop(engine, terms, clock);
  if (!clock->broken && clock->due_ms != TR_NEVER)
    clock->due_ms = share_instant(terms, clock, WHOLE);
  set_next(terms, clock);
}

/* How long it stood still until an instant, in wall time. */
static int64_t paused_ms_until(const tr_deadline *clock, int64_t until_ms) {
  const tr_rarely *rarely = clock->rarely;
  if (!rarely) return 0;
  bool now = is_paused(clock) && until_ms > rarely->paused_since_ms;
  return rarely->paused_ms + (now ? until_ms - rarely->paused_since_ms : 0);
}

static bool may_pause(const tr_terms_def *terms, const tr_deadline *clock, int64_t now_ms) {
  if (clock->sent_back) return true;
  return clock->pause_holds && paused_ms_until(clock, now_ms) < terms->pauses_most_ms;
}

static void look_at_condition(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                              tr_deadline *clock, tr_trace *trace) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = trace};
  clock->pause_holds =
      tr_evaluate_truth(&eval, &terms->pauses, tr_lead_view(context, lead)) == TREATY_TRUE;
  tr_hold_until(lead, eval.until_ms);
}

tr_pause tr_deadline_look(tr_step_context *context, tr_lead *lead, const tr_terms_def *terms,
                          tr_deadline *clock, bool all, tr_trace *trace) {
  treaty_engine *engine = context->engine;
  if (terms->is_there && (all || tr_touches(engine, terms->inputs))) {
    if (terms->tier.count && allowed_ms(terms, clock) < 0) learn_tier(context, lead, terms, clock);
    if (terms->pauses.count) look_at_condition(context, lead, terms, clock, trace);
  }
  bool may = may_pause(terms, clock, engine->clock_ms);
  if (may == is_paused(clock)) {
    if (may) set_next(terms, clock); /* what ends the pause may be another by now */
    return PAUSE_SAME;
  }
  if (may)
    pause_now(engine, terms, clock);
  else
    go_on(engine, terms, clock);
  return may ? PAUSE_BEGINS : PAUSE_ENDS;
}

/* ---- What is told of it ---------------------------------------------------------------------- */

/* While the clock stands still nothing becomes late. */
bool tr_deadline_is_late(const tr_deadline *clock, int64_t done_ms) {
  return done_ms > tr_deadline_due(clock);
}

/* What its clock would have counted in pauses until an instant. */
static int64_t left_out_ms(const tr_terms_def *terms, const tr_deadline *clock, int64_t until_ms) {
  if (!is_paused(clock)) return paused_open_ms(clock);
  return paused_open_ms(clock) +
         open_between_ms(calendar_of(terms, clock), clock->rarely->paused_since_ms, until_ms);
}

int64_t tr_deadline_open_ms(const tr_terms_def *terms, const tr_deadline *clock, int64_t until_ms) {
  int64_t open_ms = open_between_ms(calendar_of(terms, clock), clock->started_ms, until_ms) -
                    left_out_ms(terms, clock, until_ms);
  return open_ms > 0 ? open_ms : 0;
}

int64_t tr_deadline_due(const tr_deadline *clock) {
  return is_paused(clock) && !clock->broken ? TR_NEVER : clock->due_ms;
}

void tr_deadline_tell(const tr_deadline *clock, treaty_decision *decision) {
  decision->offered_ms = clock->started_ms;
  decision->due_ms = tr_deadline_due(clock);
}

void tr_deadline_tell_times(const tr_terms_def *terms, const tr_deadline *clock, int64_t until_ms,
                            treaty_decision *decision) {
  int64_t wall_ms = until_ms - clock->started_ms;
  decision->wall_ms = wall_ms > 0 ? wall_ms : 0;
  decision->open_ms = tr_deadline_open_ms(terms, clock, until_ms);
  decision->paused_ms = paused_ms_until(clock, until_ms);
}

/* slow_clock.c - the time allowed, minute by minute: nothing is known of a calendar but whether it
 * is open in a minute. In UTC, like the random treaties. */
#include "slow_deal.h"

#define MINUTE_MS INT64_C(60000)
#define WHOLE     INT64_C(1000000) /* 100 % */

enum { DAY_MINUTES = 1440 };

/* ---- The calendar ---------------------------------------------------------------------------- */

/* NULL: around the clock. */
static const tr_calendar_decl *calendar_named(const slow *slow, const char *name) {
  if (!name) return NULL;
  for (uint32_t i = 0; i < slow->tree->calendars.count; i++) {
    const tr_calendar_decl *calendar = slow->tree->calendars.items[i];
    if (strcmp(calendar->name.text, name) == 0) return calendar;
  }
  abort();
}

static bool is_closed(const tr_calendar_decl *calendar, int64_t day) {
  for (uint32_t i = 0; i < calendar->closed.count; i++) {
    const tr_closure *closure = &calendar->closed.items[i];
    if (closure->from_day <= day && day <= closure->to_day) return true;
  }
  return false;
}

/* Whether a shift that starts on the day is open so many minutes behind its midnight. */
static bool has_shift(const tr_calendar_decl *calendar, int64_t day, int minute) {
  int weekday = (int)((day + 3) % 7); /* 1970-01-01 was a Thursday, Monday is 0 */
  if (is_closed(calendar, day)) return false;
  for (uint32_t i = 0; i < calendar->week.count; i++) {
    const tr_days_hours *line = &calendar->week.items[i];
    for (uint32_t k = 0; k < line->hours.count && line->days >> weekday & 1; k++) {
      const tr_open_hours *hours = &line->hours.items[k];
      int to =
          hours->to_minute > hours->from_minute ? hours->to_minute : hours->to_minute + DAY_MINUTES;
      if (minute < 0 || (hours->from_minute <= minute && minute < to)) return true;
    }
  }
  return false;
}
static bool is_business_day(const tr_calendar_decl *calendar, int64_t day) {
  return has_shift(calendar, day, -1);
}

/* The day on which the shift has started that is open then; -1: it is closed. */
static int64_t shift_of(const tr_calendar_decl *calendar, int64_t at_ms) {
  int64_t day = at_ms / DAY_MS;
  int minute = (int)(at_ms % DAY_MS / MINUTE_MS);
  if (has_shift(calendar, day, minute)) return day;
  return has_shift(calendar, day - 1, minute + DAY_MINUTES) ? day - 1 : -1;
}
static bool is_open(const tr_calendar_decl *calendar, int64_t at_ms) {
  return !calendar || shift_of(calendar, at_ms) >= 0;
}

static int64_t next_minute(int64_t at_ms) { return (at_ms / MINUTE_MS + 1) * MINUTE_MS; }

static int64_t next_opening(const tr_calendar_decl *calendar, int64_t at_ms) {
  while (!is_open(calendar, at_ms)) at_ms = next_minute(at_ms);
  return at_ms;
}

static int64_t add_open(const tr_calendar_decl *calendar, int64_t at_ms, int64_t open_ms) {
  if (!calendar) return at_ms + open_ms;
  for (;;) {
    int64_t end_ms = next_minute(at_ms), here_ms = is_open(calendar, at_ms) ? end_ms - at_ms : 0;
    if (here_ms > 0 && here_ms >= open_ms) return at_ms + open_ms;
    open_ms -= here_ms;
    at_ms = end_ms;
  }
}

static int64_t open_between(const tr_calendar_decl *calendar, int64_t from_ms, int64_t to_ms) {
  int64_t open_ms = 0;
  if (!calendar) return to_ms > from_ms ? to_ms - from_ms : 0;
  for (int64_t end_ms; from_ms < to_ms; from_ms = end_ms) {
    end_ms = next_minute(from_ms);
    if (end_ms > to_ms) end_ms = to_ms;
    if (is_open(calendar, from_ms)) open_ms += end_ms - from_ms;
  }
  return open_ms;
}

/* The same time of day in the shift of a later day. */
static int64_t add_business_days(const tr_calendar_decl *calendar, int64_t at_ms, int64_t days) {
  at_ms = next_opening(calendar, at_ms);
  int64_t day = shift_of(calendar, at_ms), into_ms = at_ms - day * DAY_MS;
  while (days > 0) days -= is_business_day(calendar, ++day);
  return next_opening(calendar, day * DAY_MS + into_ms);
}

/* ---- Instants -------------------------------------------------------------------------------- */

/* When so many business days, or so much of the time allowed, have passed; never early. */
static int64_t instant_of(const slow_clock *clock, int64_t days, int64_t share_millionths) {
  const tr_within *within = &clock->terms->within;
  const tr_calendar_decl *calendar = clock->calendar;
  if (days == 0 && within->business_days) days = clock->allowed_ms * share_millionths / WHOLE;
  if (days > 0) {
    int64_t at_ms = add_business_days(calendar, clock->started_ms, days);
    return clock->paused_open_ms ? add_open(calendar, at_ms, clock->paused_open_ms) : at_ms;
  }
  int64_t share_ms = (clock->allowed_ms * share_millionths + WHOLE - 1) / WHOLE;
  return add_open(calendar, clock->started_ms, share_ms + clock->paused_open_ms);
}

static const tr_step *next_step(const slow_clock *clock) {
  const tr_steps *steps = &clock->terms->steps;
  return clock->steps_done < steps->count ? &steps->items[clock->steps_done] : NULL;
}

static void set_instants(slow_clock *clock) {
  if (!clock->terms || clock->allowed_ms < 0) return;
  const tr_step *step = next_step(clock);
  if (!clock->broken) clock->due_ms = instant_of(clock, 0, WHOLE);
  clock->next_ms =
      step ? instant_of(clock, step->business_days, step->percent_millionths) : INT64_MAX;
}

/* What the terms allow, as it is known; a value is read when the clock starts, or as soon as it can
 * be told, and counts from the start. */
static void learn_allowed(const step *step, int lead, slow_clock *clock) {
  const tr_within *within = &clock->terms->within;
  if (clock->allowed_ms >= 0) return;
  if (within->tier) {
    slow_value value = slow_value_of(step, lead, within->tier);
    if (value.known == SLOW_KNOWN) clock->allowed_ms = value.low;
  } else {
    clock->allowed_ms = within->amount_ms;
  }
  if (clock->allowed_ms >= 0) set_instants(clock);
}

slow_clock slow_clock_start(const step *step, int lead, const tr_terms *terms) {
  const char *hours = !terms                       ? NULL
                      : terms->within.hours_of_rep ? slow_rep_hours(step->slow, lead)
                                                   : terms->within.calendar.text;
  slow_clock clock = {.terms = terms,
                      .calendar = calendar_named(step->slow, hours),
                      .allowed_ms = -1,
                      .started_ms = step->now_ms,
                      .due_ms = INT64_MAX,
                      .next_ms = INT64_MAX,
                      .paused_since_ms = INT64_MAX};
  if (terms) learn_allowed(step, lead, &clock);
  return clock;
}

/* ---- What falls due -------------------------------------------------------------------------- */

static bool stands_still(const slow_clock *clock) { return clock->paused_since_ms != INT64_MAX; }

int64_t slow_clock_due(const slow_clock *clock) {
  return stands_still(clock) && !clock->broken ? INT64_MAX : clock->due_ms;
}

static int64_t pause_end(const slow_clock *clock) {
  if (clock->sent_back || !clock->terms || clock->terms->pauses_most_ms < 0) return INT64_MAX;
  return clock->paused_since_ms + clock->terms->pauses_most_ms - clock->paused_ms;
}

int64_t slow_clock_next(const slow_clock *clock) {
  if (stands_still(clock)) return pause_end(clock);
  return clock->broken || clock->next_ms < clock->due_ms ? clock->next_ms : clock->due_ms;
}

bool slow_clock_is_missed(const step *step, const slow_clock *clock) {
  return !clock->broken && !stands_still(clock) && slow_is_due(step, clock->due_ms);
}

/* The breach comes before the steps of its instant; a step before 100 % comes before it. */
due slow_clock_take(const step *step, slow_clock *clock, const tr_step **taken) {
  const tr_step *next = clock->terms ? next_step(clock) : NULL;
  if (stands_still(clock) || !slow_is_due(step, slow_clock_next(clock))) return NOTHING_DUE;
  bool before = next && (next->business_days ? next->business_days < clock->allowed_ms
                                             : next->percent_millionths < WHOLE);
  if (!clock->broken && !before) {
    clock->broken = true;
    return BREACH_DUE;
  }
  *taken = next;
  clock->steps_done++;
  set_instants(clock);
  return STEP_DUE;
}

/* ---- Standing still -------------------------------------------------------------------------- */

static int64_t paused_until(const slow_clock *clock, int64_t until_ms) {
  int64_t now_ms = until_ms > clock->paused_since_ms ? until_ms - clock->paused_since_ms : 0;
  return clock->paused_ms + now_ms;
}

void slow_clock_stop(slow_clock *clock, int64_t now_ms) {
  if (!stands_still(clock)) return;
  const tr_calendar_decl *calendar = clock->calendar;
  clock->paused_ms = paused_until(clock, now_ms);
  clock->paused_open_ms += open_between(calendar, clock->paused_since_ms, now_ms);
  clock->paused_since_ms = INT64_MAX;
}

static bool is_to_stand_still(const step *step, const slow_clock *clock) {
  if (clock->sent_back) return true;
  if (!clock->pause_holds) return false;
  int64_t most_ms = clock->terms->pauses_most_ms;
  return most_ms < 0 || paused_until(clock, step->now_ms) < most_ms;
}

change slow_clock_look(const step *step, int lead, slow_clock *clock) {
  if (clock->terms) learn_allowed(step, lead, clock);
  if (clock->terms && clock->terms->pauses)
    clock->pause_holds = slow_holds(step, lead, clock->terms->pauses) == TREATY_TRUE;
  bool still = is_to_stand_still(step, clock);
  if (still == stands_still(clock)) return NO_CHANGE;
  if (still) {
    clock->paused_since_ms = step->now_ms;
    return STOOD_STILL;
  }
  slow_clock_stop(clock, step->now_ms);
  set_instants(clock);
  return WENT_ON;
}

void slow_clock_tell(const slow_clock *clock, int64_t until_ms, treaty_decision *decision) {
  const tr_calendar_decl *calendar = clock->calendar;
  int64_t since_ms = clock->paused_since_ms;
  int64_t left_out_ms = clock->paused_open_ms;
  if (stands_still(clock)) left_out_ms += open_between(calendar, since_ms, until_ms);
  int64_t wall_ms = until_ms - clock->started_ms,
          open_ms = open_between(calendar, clock->started_ms, until_ms) - left_out_ms;
  decision->wall_ms = wall_ms > 0 ? wall_ms : 0;
  decision->open_ms = open_ms > 0 ? open_ms : 0;
  decision->paused_ms = paused_until(clock, until_ms);
}

/* calendar.c - one cursor over open time, and what is asked of it; see calendar.h.
 *
 * Shifts are taken by date and, within it, by time of day. Their ends on the time line rise in the
 * same order, because tr_zone_reach never decreases; so cutting off from each what came before
 * makes the union of all, also of shifts that run on under the next day's. No table of days is
 * kept: a day costs a few nanoseconds, so four business hours ahead take about a tenth of a
 * microsecond. */
#include "engine/calendar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"

/* Nothing opens on the last dates there are, so that no answer lies behind TR_TIME_MAX_MS. */
#define LAST_DAY (TR_DATE_MAX_DAYS - 3)

/* --- making ----------------------------------------------------------------------------------- */

static int by_time(const void *left, const void *right) {
  const tr_shift *a = left, *b = right;
  if (a->from_ms != b->from_ms) return a->from_ms < b->from_ms ? -1 : 1;
  return (a->to_ms > b->to_ms) - (a->to_ms < b->to_ms);
}

static int by_day(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static tr_shift shift_of(tr_hours hours) {
  assert(hours.from_minute < 1440 && hours.to_minute <= 1440);
  int32_t to_minute = hours.to_minute + (hours.to_minute > hours.from_minute ? 0 : 1440);
  return (tr_shift){.from_ms = hours.from_minute * 60000, .to_ms = to_minute * 60000};
}

static tr_weekday_shifts shifts_of(tr_arena *arena, tr_weekday_hours hours) {
  tr_weekday_shifts shifts = {.items = TR_NEW_ARRAY(arena, tr_shift, hours.count)};
  if (hours.count == 0) return shifts;
  for (uint32_t i = 0; i < hours.count; i++) shifts.items[i] = shift_of(hours.items[i]);
  qsort(shifts.items, hours.count, sizeof *shifts.items, by_time);
  for (uint32_t i = 0; i < hours.count; i++) {
    tr_shift next = shifts.items[i], *last = shifts.items + shifts.count - 1;
    if (shifts.count == 0 || next.from_ms > last->to_ms)
      shifts.items[shifts.count++] = next;
    else if (next.to_ms > last->to_ms)
      last->to_ms = next.to_ms;
  }
  return shifts;
}

const tr_calendar *tr_calendar_new(tr_arena *arena, const tr_zone *zone,
                                   const tr_weekday_hours week[7], const int64_t *closed_days,
                                   uint32_t closed_count) {
  tr_calendar *calendar = TR_NEW(arena, tr_calendar);
  calendar->zone = zone;
  for (int32_t i = 0; i < 7; i++) calendar->week[i] = shifts_of(arena, week[i]);
  calendar->closed_days = TR_NEW_ARRAY(arena, int64_t, closed_count);
  if (closed_count == 0) return calendar;
  memcpy(calendar->closed_days, closed_days, closed_count * sizeof *closed_days);
  qsort(calendar->closed_days, closed_count, sizeof *closed_days, by_day);
  for (uint32_t i = 0; i < closed_count; i++) {
    int64_t day = calendar->closed_days[i];
    bool is_new = i == 0 || day != calendar->closed_days[calendar->closed_count - 1];
    if (is_new) calendar->closed_days[calendar->closed_count++] = day;
  }
  return calendar;
}

/* The first closed day at or after `day`. */
static uint32_t first_closed(const tr_calendar *calendar, int64_t day) {
  uint32_t low = 0, high = calendar->closed_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (calendar->closed_days[middle] < day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool is_closed_on(const tr_calendar *calendar, uint32_t closed, int64_t day) {
  return closed < calendar->closed_count && calendar->closed_days[closed] == day;
}

const tr_calendar *tr_calendar_named(tr_arena *arena, const tr_calendar *calendar,
                                     const tr_named_day *days, uint32_t count) {
  if (count == 0) return calendar;
  tr_calendar *named = TR_NEW(arena, tr_calendar);
  *named = *calendar;
  named->closed_names = TR_NEW_ARRAY(arena, const char *, calendar->closed_count + 1);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t closed = first_closed(named, days[i].day);
    assert(is_closed_on(named, closed, days[i].day));
    if (!named->closed_names[closed]) named->closed_names[closed] = days[i].name;
  }
  return named;
}

const char *tr_calendar_day_name(const tr_calendar *calendar, int64_t day) {
  uint32_t closed = first_closed(calendar, day);
  bool named = calendar->closed_names && is_closed_on(calendar, closed, day);
  return named ? calendar->closed_names[closed] : NULL;
}

/* --- the cursor ------------------------------------------------------------------------------- */

/* One shift, or what is left of it; abutting ones come separately. */
typedef struct opening {
  int64_t from_ms, to_ms;
  int64_t day; /* the date it belongs to */
} opening;

/* Stands before all open time from `from_ms` on, in the dates up to `ahead` days later. A shift of
 * yesterday may still run; one of the day before ended by midnight. */
static tr_calendar_cursor cursor_at(const tr_calendar *calendar, int64_t from_ms, int64_t ahead) {
  tr_zone_span span = tr_zone_span_at(calendar->zone, from_ms);
  int64_t today = tr_civil_days_of_ms(from_ms + span.offset_ms);
  int64_t last_day = today + ahead;
  return (tr_calendar_cursor){
      .calendar = calendar,
      .span = span,
      .day = today - 1,
      .last_day = last_day < LAST_DAY ? last_day : LAST_DAY,
      .weekday = (uint32_t)tr_civil_weekday(today - 1),
      .closed = first_closed(calendar, today - 1),
      .from_ms = from_ms,
  };
}

static bool is_closed_today(const tr_calendar_cursor *cursor) {
  return is_closed_on(cursor->calendar, cursor->closed, cursor->day);
}

static void go_to_next_day(tr_calendar_cursor *cursor) {
  if (is_closed_today(cursor)) cursor->closed++;
  cursor->day++;
  cursor->weekday = cursor->weekday == 6 ? 0 : cursor->weekday + 1;
  cursor->shift = 0;
}

static bool cursor_next(tr_calendar_cursor *cursor, opening *found) {
  const tr_zone *zone = cursor->calendar->zone;
  for (; cursor->day <= cursor->last_day; go_to_next_day(cursor)) {
    if (is_closed_today(cursor)) continue;
    const tr_weekday_shifts *shifts = &cursor->calendar->week[cursor->weekday];
    int64_t midnight_ms = cursor->day * TR_DAY_MS;
    while (cursor->shift < shifts->count) {
      tr_shift shift = shifts->items[cursor->shift++];
      int64_t from_ms = tr_zone_reach(zone, midnight_ms + shift.from_ms, &cursor->span);
      int64_t to_ms = tr_zone_reach(zone, midnight_ms + shift.to_ms, &cursor->span);
      assert(from_ms <= to_ms);
      if (from_ms < cursor->from_ms) from_ms = cursor->from_ms;
      if (from_ms >= to_ms) continue;
      cursor->from_ms = to_ms;
      *found = (opening){from_ms, to_ms, cursor->day};
      return true;
    }
  }
  return false;
}

/* Far enough ahead for all that begins before `to_ms`. One date more, for where the clock goes back
 * over midnight and the later date comes first. */
static int64_t days_up_to(const tr_calendar *calendar, int64_t from_ms, int64_t to_ms) {
  int64_t first = tr_civil_days_of_ms(tr_zone_to_local(calendar->zone, from_ms));
  return tr_civil_days_of_ms(tr_zone_to_local(calendar->zone, to_ms)) - first + 1;
}

/* --- asking ----------------------------------------------------------------------------------- */

int64_t tr_calendar_add_open_ms(const tr_calendar *calendar, int64_t start_ms, int64_t open_ms) {
  assert(open_ms >= 0);
  tr_calendar_cursor cursor = cursor_at(calendar, start_ms, TR_CALENDAR_SEARCH_DAYS_MAX);
  for (opening next; cursor_next(&cursor, &next); open_ms -= next.to_ms - next.from_ms) {
    if (open_ms <= next.to_ms - next.from_ms) return next.from_ms + open_ms;
  }
  return TR_NEVER;
}

int64_t tr_calendar_open_between_ms(const tr_calendar *calendar, int64_t from_ms, int64_t to_ms) {
  if (from_ms >= to_ms) return 0;
  int64_t open_ms = 0;
  tr_calendar_cursor cursor = cursor_at(calendar, from_ms, days_up_to(calendar, from_ms, to_ms));
  for (opening next; cursor_next(&cursor, &next) && next.from_ms < to_ms;) {
    open_ms += (next.to_ms < to_ms ? next.to_ms : to_ms) - next.from_ms;
  }
  assert(open_ms <= to_ms - from_ms);
  return open_ms;
}

int64_t tr_calendar_next_opening_ms(const tr_calendar *calendar, int64_t at_ms) {
  return tr_calendar_add_open_ms(calendar, at_ms, 0);
}

bool tr_calendar_is_open(const tr_calendar *calendar, int64_t at_ms) {
  tr_calendar_cursor cursor = cursor_at(calendar, at_ms, 1);
  opening next;
  return cursor_next(&cursor, &next) && next.from_ms == at_ms;
}

static bool has_hours(const tr_calendar *calendar, int64_t day) {
  return calendar->week[tr_civil_weekday(day)].count > 0;
}

bool tr_calendar_is_business_day(const tr_calendar *calendar, int64_t days) {
  if (!has_hours(calendar, days)) return false;
  if (is_closed_on(calendar, first_closed(calendar, days), days)) return false;
  return tr_zone_day_start(calendar->zone, days) < tr_zone_day_start(calendar->zone, days + 1);
}

int64_t tr_calendar_add_business_days(const tr_calendar *calendar, int64_t start_ms,
                                      uint32_t days) {
  tr_calendar_cursor cursor = cursor_at(calendar, start_ms, TR_CALENDAR_SEARCH_DAYS_MAX);
  opening first;
  if (!cursor_next(&cursor, &first)) return TR_NEVER;
  if (days == 0) return first.from_ms;
  int64_t of_day_ms = tr_zone_to_local(calendar->zone, first.from_ms) - first.day * TR_DAY_MS;
  for (int64_t day = first.day + 1; day <= cursor.last_day; day++) {
    if (!tr_calendar_is_business_day(calendar, day) || --days > 0) continue;
    int64_t same_time_ms = tr_zone_to_utc(calendar->zone, day * TR_DAY_MS + of_day_ms);
    return tr_calendar_next_opening_ms(calendar, same_time_ms);
  }
  return TR_NEVER;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* Finds the next open stretch and joins what touches it. */
static void find_open(tr_calendar_walk *walk) {
  opening next;
  walk->open_from_ms = walk->open_to_ms = TR_NEVER;
  if (!cursor_next(&walk->cursor, &next)) return;
  walk->open_from_ms = next.from_ms;
  walk->open_to_ms = next.to_ms;
  for (tr_calendar_cursor ahead = walk->cursor; cursor_next(&ahead, &next); walk->cursor = ahead) {
    if (next.from_ms != walk->open_to_ms) return;
    walk->open_to_ms = next.to_ms;
  }
}

void tr_calendar_walk_init(tr_calendar_walk *walk, const tr_calendar *calendar, int64_t from_ms,
                           int64_t to_ms) {
  *walk = (tr_calendar_walk){.at_ms = from_ms, .to_ms = to_ms};
  if (from_ms >= to_ms) return;
  walk->cursor = cursor_at(calendar, from_ms, days_up_to(calendar, from_ms, to_ms));
  walk->closed = walk->cursor.closed;
  find_open(walk);
}

/* What a closure covers: the date, and the hours after it that its last shift would have had. */
static opening closure_of(const tr_calendar *calendar, int64_t day) {
  tr_weekday_shifts shifts = calendar->week[tr_civil_weekday(day)];
  int64_t last_ms = TR_DAY_MS;
  for (uint32_t i = 0; i < shifts.count; i++) {
    if (shifts.items[i].to_ms > last_ms) last_ms = shifts.items[i].to_ms;
  }
  tr_zone_span span = tr_zone_span_at(calendar->zone, tr_zone_day_start(calendar->zone, day));
  return (opening){
      .from_ms = tr_zone_day_start(calendar->zone, day),
      .to_ms = tr_zone_reach(calendar->zone, day * TR_DAY_MS + last_ms, &span),
      .day = day,
  };
}

/* The first closure with hours to cancel that is not over at `at_ms`. */
static bool find_closure(tr_calendar_walk *walk, opening *found) {
  const tr_calendar *calendar = walk->cursor.calendar;
  for (; walk->closed < calendar->closed_count; walk->closed++) {
    int64_t day = calendar->closed_days[walk->closed];
    if (!has_hours(calendar, day)) continue;
    *found = closure_of(calendar, day);
    if (found->to_ms > walk->at_ms && found->from_ms < found->to_ms) return true;
  }
  return false;
}

/* The stretch from `at_ms` on, which is not open, up to `until_ms` at most. */
static tr_stretch not_open(tr_calendar_walk *walk, int64_t until_ms) {
  opening closure;
  tr_stretch stretch = {walk->at_ms, until_ms, TR_STRETCH_OUTSIDE_HOURS, 0};
  if (!find_closure(walk, &closure)) return stretch;
  int64_t change_ms = closure.from_ms;
  if (closure.from_ms <= walk->at_ms) {
    stretch.kind = TR_STRETCH_CLOSED_DAY;
    stretch.closed_day = closure.day;
    change_ms = closure.to_ms;
  }
  if (change_ms < until_ms) stretch.to_ms = change_ms;
  return stretch;
}

bool tr_calendar_walk_next(tr_calendar_walk *walk, tr_stretch *stretch) {
  if (walk->at_ms >= walk->to_ms) return false;
  bool open = walk->open_from_ms <= walk->at_ms;
  int64_t until_ms = open ? walk->open_to_ms : walk->open_from_ms;
  if (until_ms > walk->to_ms) until_ms = walk->to_ms;
  if (open)
    *stretch = (tr_stretch){walk->at_ms, until_ms, TR_STRETCH_OPEN, 0};
  else
    *stretch = not_open(walk, until_ms);
  assert(stretch->from_ms < stretch->to_ms && stretch->to_ms <= walk->to_ms);
  walk->at_ms = stretch->to_ms;
  if (open) find_open(walk);
  return true;
}

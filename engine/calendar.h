/* calendar.h - when somebody is there to answer: opening hours, overnight shifts, closed days.
 *
 * Hours are named on the wall clock of the zone and counted in real time: 9:00 to 17:00 is 8 hours
 * on any day but one whose clocks change between the two. Each end of an interval is the first
 * instant at which the clock shows that time or a later one. So what a clock skips is not open (an
 * interval inside a gap is empty, a date that a place never had has no hours), and of a time shown
 * twice the first is meant.
 *
 *            mon               tue               wed (closed)
 *     -------|===|--|====|-----|===|--|======|---|- - - - - -|-----      hours
 *                        open         22:00  06:00
 *
 * An interval belongs to the day it begins on. A closed day cancels those: it takes the evening
 * shift with the hours after midnight, and leaves alone what began the evening before. Open time is
 * a set: where intervals overlap, also across midnight, it counts once. Every stretch [from, to)
 * includes its first millisecond and not its last.
 *
 * A calendar lives in its arena, refers to its zone, and never changes. All functions are pure. */
#ifndef TR_CALENDAR_H
#define TR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/zone.h"
#include "grammar/memory.h"

/* As written: `22:00 to 06:00`. */
typedef struct tr_hours {
  uint16_t from_minute; /* of the day, 0 to 1439 */
  uint16_t to_minute;   /* 0 to 1440 (24:00); at or before from_minute: on the next day */
} tr_hours;

typedef struct tr_weekday_hours {
  const tr_hours *items; /* in any order, may overlap */
  uint32_t count;
} tr_weekday_hours;

/* The same, made ready: in order of time, what overlaps or touches joined. */
typedef struct tr_shift {
  int32_t from_ms, to_ms; /* from the day's midnight; over 24 hours: on the next day */
} tr_shift;

typedef struct tr_weekday_shifts {
  tr_shift *items;
  uint32_t count;
} tr_weekday_shifts;

/* What a closed day is called: a holiday. */
typedef struct tr_named_day {
  int64_t day;
  const char *name;
} tr_named_day;

typedef struct tr_calendar {
  const tr_zone *zone;
  tr_weekday_shifts week[7]; /* from Monday */
  int64_t *closed_days;      /* rising, each once … */
  const char **closed_names; /* … and the name of each, or NULL; NULL: none has a name */
  uint32_t closed_count;
} tr_calendar;

/* How far behind its start a deadline or an opening is looked for: ten years. What is not found by
 * then is TR_NEVER. */
#define TR_CALENDAR_SEARCH_DAYS_MAX 3653

/* `week` begins on Monday; `closed_days` may be in any order. Both are copied. */
const tr_calendar *tr_calendar_new(tr_arena *arena, const tr_zone *zone,
                                   const tr_weekday_hours week[7], const int64_t *closed_days,
                                   uint32_t closed_count);

/* The same calendar, in which closed days have names, which are not copied; of two for a day the
 * first. */
const tr_calendar *tr_calendar_named(tr_arena *arena, const tr_calendar *calendar,
                                     const tr_named_day *days, uint32_t count);

/* What the closed day is called; NULL: it has no name, or is not closed. */
const char *tr_calendar_day_name(const tr_calendar *calendar, int64_t day);

/* The instant at which `open_ms` of open time have passed since `start_ms`; a closing time that
 * does it counts, not the next opening. With open_ms 0: the start itself if open, else the next
 * opening. */
int64_t tr_calendar_add_open_ms(const tr_calendar *calendar, int64_t start_ms, int64_t open_ms);

/* The open time in [from, to); 0 where that is empty. */
int64_t tr_calendar_open_between_ms(const tr_calendar *calendar, int64_t from_ms, int64_t to_ms);

/* `at_ms` itself if open. */
int64_t tr_calendar_next_opening_ms(const tr_calendar *calendar, int64_t at_ms);

bool tr_calendar_is_open(const tr_calendar *calendar, int64_t at_ms);

/* Whether something begins on that date: hours on its weekday, not closed, and a date that the zone
 * had. */
bool tr_calendar_is_business_day(const tr_calendar *calendar, int64_t days);

/* The start rolls to the next opening; then the same time of day on the n-th business day after,
 * rolled to an opening. Of a shift over midnight the small hours belong to the day it began on: one
 * business day after Friday's shift, at 2:00 on Saturday, is Monday's shift, at 2:00 on Tuesday. */
int64_t tr_calendar_add_business_days(const tr_calendar *calendar, int64_t start_ms, uint32_t days);

/* --- what lies between two instants, for `why` -------------------------------------------------
 *
 * The stretches follow each other without a hole from `from_ms` to `to_ms`, no two alike side by
 * side. */

typedef enum {
  TR_STRETCH_OPEN,
  TR_STRETCH_OUTSIDE_HOURS,
  TR_STRETCH_CLOSED_DAY, /* a date whose hours a closure cancelled, with its shift over midnight; a
                            closed day on a weekday without hours is just outside them */
} tr_stretch_kind;

typedef struct tr_stretch {
  int64_t from_ms, to_ms;
  tr_stretch_kind kind;
  int64_t closed_day; /* the date, where kind is TR_STRETCH_CLOSED_DAY */
} tr_stretch;

/* Goes through open time, in order. Its insides are calendar.c's own. */
typedef struct tr_calendar_cursor {
  const tr_calendar *calendar;
  tr_zone_span span;       /* the offset in force lately */
  int64_t day, last_day;   /* the date whose shifts come next; the last one to look at */
  uint32_t weekday, shift; /* its weekday; the next of its shifts */
  uint32_t closed;         /* the first closed day not before it */
  int64_t from_ms;         /* all before is done with */
} tr_calendar_cursor;

typedef struct tr_calendar_walk {
  tr_calendar_cursor cursor;
  int64_t at_ms, to_ms;             /* what is left to tell */
  int64_t open_from_ms, open_to_ms; /* the next open stretch; TR_NEVER, TR_NEVER: no more */
  uint32_t closed;                  /* the first closed day that is not over */
} tr_calendar_walk;

void tr_calendar_walk_init(tr_calendar_walk *walk, const tr_calendar *calendar, int64_t from_ms,
                           int64_t to_ms);

/* False behind the last. */
bool tr_calendar_walk_next(tr_calendar_walk *walk, tr_stretch *stretch);

#endif

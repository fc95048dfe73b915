/* yearly.h - the rule of what comes back every year (RFC 5545, RRULE with FREQ=YEARLY).
 *
 *   FREQ=YEARLY                               the same day each year; 29 February: in leap years
 *   FREQ=YEARLY;BYMONTH=11;BYDAY=4TH          the fourth Thursday of November
 *   FREQ=YEARLY;BYMONTH=5;BYDAY=MO;BYSETPOS=-1   the last Monday of May
 *   FREQ=YEARLY;INTERVAL=4;UNTIL=20401231     every fourth year, to the end of 2040
 *
 * Each year is walked day by day, and each day asked whether all parts of the rule hold. */
#ifndef TR_YEARLY_H
#define TR_YEARLY_H

#include <stdbool.h>
#include <stdint.h>

#include "grammar/memory.h"

#define TR_YEARLY_NTH_MAX       53 /* of a year's Mondays */
#define TR_YEARLY_POSITIONS_MAX 366

typedef struct tr_yearly {
  int64_t first_day;        /* with which it begins */
  int64_t until_day;        /* included; INT64_MAX: without end */
  int64_t count;            /* this many days at most; INT64_MAX: without end */
  int32_t interval;         /* in years */
  uint16_t months;          /* bit m: in month m; 0: in any */
  uint32_t month_days;      /* bit d: on the d-th; with month_days_back 0: on any */
  uint32_t month_days_back; /* bit d: on the d-th from the month's end */
  uint8_t weekdays;         /* bit 0: on Mondays */
  /* … or on the n-th of them in the month, without months in the year; counted from the end where
   * n is below 0. Index: n + TR_YEARLY_NTH_MAX. */
  bool nth[7][2 * TR_YEARLY_NTH_MAX + 1];
  bool has_nth;
  /* of all these days in the year the n-th only; index: n + TR_YEARLY_POSITIONS_MAX */
  bool positions[2 * TR_YEARLY_POSITIONS_MAX + 1];
  bool has_positions;
} tr_yearly;

/* Reads the value of an RRULE of an event on `first_day`. false: *why says what is wrong, as one
 * fact. */
bool tr_yearly_read(tr_arena *arena, const char *text, int64_t first_day, tr_yearly *rule,
                    const char **why);

/* Goes through the days of a rule, in order. */
typedef struct tr_yearly_walk {
  const tr_yearly *rule;
  int32_t year;
  uint32_t next, day_count; /* of this year's days */
  int64_t days[366];
  int64_t left; /* of the rule's count */
} tr_yearly_walk;

void tr_yearly_begin(tr_yearly_walk *walk, const tr_yearly *rule);

/* False behind the last, and behind the end of TR_HOLIDAY_YEAR_MAX. */
bool tr_yearly_next(tr_yearly_walk *walk, int64_t *day);

/* `20261224`; false: no date. */
bool tr_yearly_date(const char *text, size_t length, int64_t *day);

#endif

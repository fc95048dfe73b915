/* holidays.h - the closed days of an iCalendar file, and how far it reaches.
 *
 * Taken are events of whole days (VEVENT): DTSTART, DTEND or DURATION, RRULE by the year, RDATE,
 * EXDATE, SUMMARY; STATUS:CANCELLED takes an event out. What else stands in the file is passed
 * over. An event with a time of day closes nothing, and that is said.
 *
 * A file reaches to its last day, and where that lies in December, to the end of the year: files of
 * holidays are published by the year. A yearly rule without end reaches to the end of
 * TR_HOLIDAY_YEAR_MAX, and so does its file. */
#ifndef TR_HOLIDAYS_H
#define TR_HOLIDAYS_H

#include "engine/check.h"

typedef struct tr_holiday {
  int64_t day;
  const char *name; /* NULL: it has none */
  uint32_t order;   /* in the file */
} tr_holiday;

typedef struct tr_holidays {
  const tr_holiday *items; /* rising, each day once: of two names the first in the file */
  uint32_t count;
  int64_t reach_day;        /* the last that the file speaks of */
  int64_t listed_until_day; /* … and that of holidays which it lists year by year; or INT64_MAX */
} tr_holidays;

/* The holidays of the source with this number; what is wrong is told. NULL: it has none. */
const tr_holidays *tr_check_holidays(tr_check *check, uint32_t file);

#endif

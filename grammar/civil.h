/* civil.h - dates and times of day as people write them, without any zone.
 *
 * Two scales, both int64 milliseconds, never share a name:
 *     utc_ms     an instant: since 1970-01-01T00:00:00Z, without leap seconds
 *     local_ms   what a clock on the wall shows: the same count, as if the wall stood in UTC
 * zone.h leads from one to the other. A date is a count of days since 1970-01-01, in the Gregorian
 * calendar carried back before its introduction (as RFC 3339 does). Years run from 1 to 9999. */
#ifndef TR_CIVIL_H
#define TR_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TR_SECOND_MS INT64_C(1000)
#define TR_MINUTE_MS INT64_C(60000)
#define TR_HOUR_MS   INT64_C(3600000)
#define TR_DAY_MS    INT64_C(86400000)

#define TR_TIME_MIN_MS INT64_C(-62135596800000) /* 0001-01-01T00:00:00.000 */
#define TR_TIME_MAX_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999 */
#define TR_NEVER       INT64_MAX                /* later than any time */

#define TR_DATE_MIN_DAYS INT64_C(-719162) /* 0001-01-01 */
#define TR_DATE_MAX_DAYS INT64_C(2932896) /* 9999-12-31 */

typedef struct tr_civil_date {
  int32_t year;
  int32_t month; /* 1 to 12 */
  int32_t day;   /* 1 to 31 */
} tr_civil_date;

/* Days since 1970-01-01. Month and day must be within their ranges; a day beyond the month's last
 * counts on into the next month. */
int64_t tr_civil_days(int32_t year, int32_t month, int32_t day);

tr_civil_date tr_civil_date_of(int64_t days);

/* 28 to 31. */
int32_t tr_civil_month_days(int32_t year, int32_t month);

/* 0 is Monday, 6 is Sunday. */
int32_t tr_civil_weekday(int64_t days);

/* The date that `ms` lies on (of either scale); before 1970 too it is rounded down. */
int64_t tr_civil_days_of_ms(int64_t ms);

/* The parsers take the whole text or nothing: false leaves the result as it was. */

/* `2026-11-06`. */
bool tr_parse_date(const char *text, size_t length, int64_t *days);

/* RFC 3339: `2026-11-06T14:00:00.123Z`, `2026-11-06t15:00:00+01:00`. Digits behind the millisecond
 * are cut off, so that an instant never moves into the future. A leap second (`:60`) is refused:
 * the scale has no place for it. So is what its offset carries out of the years 1 to 9999. */
bool tr_parse_instant(const char *text, size_t length, int64_t *utc_ms);

/* `2026-11-06 14:00` or `2026-11-06 14:00:30`. */
bool tr_parse_local(const char *text, size_t length, int64_t *local_ms);

/* The formatters write a NUL behind the text and return its length. What lies
 * days behind the year 9999, such as TR_NEVER, reads `never`. */
#define TR_TIME_TEXT_BYTES     32
#define TR_DURATION_TEXT_BYTES 96

/* `2026-11-06T14:00:00.000Z` */
size_t tr_format_instant(int64_t utc_ms, char text[TR_TIME_TEXT_BYTES]);

/* `2026-11-06` */
size_t tr_format_date(int64_t days, char text[TR_TIME_TEXT_BYTES]);

/* `2026-11-06 14:00`, and `:30` or `:30.250` behind it where that is not zero. */
size_t tr_format_local(int64_t local_ms, char text[TR_TIME_TEXT_BYTES]);

/* `1 hour 30 minutes`, `2 days 4 hours`, `0 minutes`, `minus 1 day`: exact, a day is 24 hours. */
size_t tr_format_duration(int64_t duration_ms, char text[TR_DURATION_TEXT_BYTES]);

/* The same in hours at most: 32 open hours are four working days, not `1 day 8 hours`. */
size_t tr_format_open_time(int64_t open_ms, char text[TR_DURATION_TEXT_BYTES]);

#endif

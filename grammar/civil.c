/* civil.c - counting days, reading and writing times; see civil.h.
 *
 * Days are counted in years that begin in March, so that the leap day is a year's last, in eras of
 * 400 years, after which the Gregorian calendar repeats (146,097 days, a whole number of weeks). */
#include "grammar/civil.h"

#include <assert.h>
#include <string.h>

#define ERA_YEARS        400
#define ERA_DAYS         146097
#define DAYS_BEFORE_1970 719468 /* from 0000-03-01, the first day of an era */

static int64_t floor_divide(int64_t value, int64_t by) {
  assert(by > 0);
  return value / by - (value % by < 0);
}

int64_t tr_civil_days(int32_t year, int32_t month, int32_t day) {
  assert(month >= 1 && month <= 12 && day >= 1 && day <= 31);
  int64_t march_year = month <= 2 ? (int64_t)year - 1 : year;
  int64_t march_month = month <= 2 ? month + 9 : month - 3;
  int64_t era = floor_divide(march_year, ERA_YEARS);
  int64_t year_of_era = march_year - era * ERA_YEARS;
  int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1; /* 153 days in each five months */
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * ERA_DAYS + day_of_era - DAYS_BEFORE_1970;
}

tr_civil_date tr_civil_date_of(int64_t days) {
  int64_t era = floor_divide(days + DAYS_BEFORE_1970, ERA_DAYS);
  int64_t day_of_era = days + DAYS_BEFORE_1970 - era * ERA_DAYS;
  /* Takes away the leap days (each 1,460 days, not each 36,524, yet on the era's last) before
   * dividing. */
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return (tr_civil_date){
      .year = (int32_t)(era * ERA_YEARS + year_of_era + (month <= 2)),
      .month = (int32_t)month,
      .day = (int32_t)(day_of_year - (153 * march_month + 2) / 5 + 1),
  };
}

int32_t tr_civil_month_days(int32_t year, int32_t month) {
  static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  assert(month >= 1 && month <= 12);
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

int32_t tr_civil_weekday(int64_t days) {
  int64_t from_monday = days + 3; /* 1970-01-01 was a Thursday */
  return (int32_t)(from_monday - floor_divide(from_monday, 7) * 7);
}

int64_t tr_civil_days_of_ms(int64_t ms) { return floor_divide(ms, TR_DAY_MS); }

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct scan {
  const char *at, *end;
} scan;

static bool take_mark(scan *text, char mark) {
  if (text->at == text->end || *text->at != mark) return false;
  text->at++;
  return true;
}

/* Exactly `digits` of them, of a value up to `most`. */
static bool take_number(scan *text, int32_t digits, int32_t most, int32_t *value) {
  if (text->end - text->at < digits) return false;
  *value = 0;
  for (int32_t i = 0; i < digits; i++, text->at++) {
    if (*text->at < '0' || *text->at > '9') return false;
    *value = *value * 10 + (*text->at - '0');
  }
  return *value <= most;
}

static bool take_date(scan *text, int64_t *days) {
  int32_t year, month, day;
  if (!take_number(text, 4, 9999, &year) || !take_mark(text, '-')) return false;
  if (!take_number(text, 2, 12, &month) || !take_mark(text, '-')) return false;
  if (!take_number(text, 2, 31, &day)) return false;
  if (year < 1 || month < 1 || day < 1 || day > tr_civil_month_days(year, month)) return false;
  *days = tr_civil_days(year, month, day);
  return true;
}

/* `14:00`, and `:30` behind it where there is a colon. */
static bool take_clock(scan *text, bool seconds_required, int64_t *ms) {
  int32_t hour, minute, second = 0;
  if (!take_number(text, 2, 23, &hour) || !take_mark(text, ':')) return false;
  if (!take_number(text, 2, 59, &minute)) return false;
  bool has_seconds = take_mark(text, ':');
  if (has_seconds ? !take_number(text, 2, 59, &second) : seconds_required) return false;
  *ms = hour * TR_HOUR_MS + minute * TR_MINUTE_MS + second * TR_SECOND_MS;
  return true;
}

/* `.123456`, or nothing; only the first three digits count. */
static bool take_fraction(scan *text, int64_t *ms) {
  *ms = 0;
  if (!take_mark(text, '.')) return true;
  const char *first = text->at;
  int32_t digit;
  for (int64_t worth_ms = 100; take_number(text, 1, 9, &digit); worth_ms /= 10)
    *ms += digit * worth_ms;
  return text->at > first;
}

static bool take_offset(scan *text, int64_t *ms) {
  *ms = 0;
  if (take_mark(text, 'Z') || take_mark(text, 'z')) return true;
  bool west = take_mark(text, '-');
  if (!west && !take_mark(text, '+')) return false;
  int32_t hours, minutes;
  if (!take_number(text, 2, 23, &hours) || !take_mark(text, ':')) return false;
  if (!take_number(text, 2, 59, &minutes)) return false;
  *ms = (hours * TR_HOUR_MS + minutes * TR_MINUTE_MS) * (west ? -1 : 1);
  return true;
}

bool tr_parse_date(const char *text, size_t length, int64_t *days) {
  scan rest = {text, text + length};
  int64_t parsed;
  if (!take_date(&rest, &parsed) || rest.at != rest.end) return false;
  *days = parsed;
  return true;
}

bool tr_parse_instant(const char *text, size_t length, int64_t *utc_ms) {
  scan rest = {text, text + length};
  int64_t days, clock_ms, fraction_ms, offset_ms;
  if (!take_date(&rest, &days)) return false;
  if (!take_mark(&rest, 'T') && !take_mark(&rest, 't')) return false;
  if (!take_clock(&rest, true, &clock_ms) || !take_fraction(&rest, &fraction_ms)) return false;
  if (!take_offset(&rest, &offset_ms) || rest.at != rest.end) return false;
  int64_t instant_ms = days * TR_DAY_MS + clock_ms + fraction_ms - offset_ms;
  if (instant_ms < TR_TIME_MIN_MS || instant_ms > TR_TIME_MAX_MS) return false;
  *utc_ms = instant_ms;
  return true;
}

bool tr_parse_local(const char *text, size_t length, int64_t *local_ms) {
  scan rest = {text, text + length};
  int64_t days, clock_ms;
  if (!take_date(&rest, &days) || !take_mark(&rest, ' ')) return false;
  if (!take_clock(&rest, false, &clock_ms) || rest.at != rest.end) return false;
  *local_ms = days * TR_DAY_MS + clock_ms;
  return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* A wall clock may be ahead of or behind UTC, so a little more on either side has to be shown. */
static bool is_shown(int64_t ms) {
  assert(ms >= TR_TIME_MIN_MS - 4 * TR_DAY_MS);
  return ms <= TR_TIME_MAX_MS + 4 * TR_DAY_MS;
}

static size_t put_never(char *text) {
  memcpy(text, "never", 6);
  return 5;
}

/* `digits` of them, at least, and `mark` before them unless it is NUL. */
static char *put(char *at, char mark, int64_t value, int32_t digits) {
  assert(value >= 0);
  if (mark) *at++ = mark;
  char reversed[20];
  int32_t count = 0;
  for (; count < digits || value > 0; value /= 10) reversed[count++] = (char)('0' + value % 10);
  while (count > 0) *at++ = reversed[--count];
  return at;
}

static char *put_date(char *at, int64_t days) {
  tr_civil_date date = tr_civil_date_of(days);
  at = put(at, 0, date.year, 4);
  at = put(at, '-', date.month, 2);
  return put(at, '-', date.day, 2);
}

static size_t finish(char *text, char *end) {
  *end = 0;
  return (size_t)(end - text);
}

size_t tr_format_instant(int64_t utc_ms, char text[TR_TIME_TEXT_BYTES]) {
  if (!is_shown(utc_ms)) return put_never(text);
  int64_t days = tr_civil_days_of_ms(utc_ms), of_day_ms = utc_ms - days * TR_DAY_MS;
  char *at = put_date(text, days);
  at = put(at, 'T', of_day_ms / TR_HOUR_MS, 2);
  at = put(at, ':', of_day_ms / TR_MINUTE_MS % 60, 2);
  at = put(at, ':', of_day_ms / TR_SECOND_MS % 60, 2);
  at = put(at, '.', of_day_ms % 1000, 3);
  *at++ = 'Z';
  return finish(text, at);
}

size_t tr_format_date(int64_t days, char text[TR_TIME_TEXT_BYTES]) {
  assert(days >= TR_DATE_MIN_DAYS - 4);
  if (days > TR_DATE_MAX_DAYS + 4) return put_never(text);
  return finish(text, put_date(text, days));
}

size_t tr_format_local(int64_t local_ms, char text[TR_TIME_TEXT_BYTES]) {
  if (!is_shown(local_ms)) return put_never(text);
  int64_t days = tr_civil_days_of_ms(local_ms), of_day_ms = local_ms - days * TR_DAY_MS;
  char *at = put_date(text, days);
  at = put(at, ' ', of_day_ms / TR_HOUR_MS, 2);
  at = put(at, ':', of_day_ms / TR_MINUTE_MS % 60, 2);
  if (of_day_ms % TR_MINUTE_MS) at = put(at, ':', of_day_ms / TR_SECOND_MS % 60, 2);
  if (of_day_ms % TR_SECOND_MS) at = put(at, '.', of_day_ms % 1000, 3);
  return finish(text, at);
}

static const struct unit {
  uint64_t ms;
  const char *name; /* of one; more of them take an `s` */
} units[] = {
    {86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"}, {1, "millisecond"},
};

enum { UNIT_DAY, UNIT_HOUR, UNIT_COUNT = sizeof units / sizeof *units };

static char *put_word(char *at, const char *word) {
  size_t length = strlen(word);
  memcpy(at, word, length);
  return at + length;
}

static size_t format_in_units(int64_t duration_ms, int32_t largest, char *text) {
  char *at = text;
  uint64_t rest_ms = duration_ms < 0 ? -(uint64_t)duration_ms : (uint64_t)duration_ms;
  if (rest_ms == 0) return finish(text, put_word(text, "0 minutes"));
  if (duration_ms < 0) at = put_word(at, "minus ");
  const char *space = "";
  for (int32_t i = largest; i < UNIT_COUNT; rest_ms %= units[i].ms, i++) {
    int64_t count = (int64_t)(rest_ms / units[i].ms);
    if (count == 0) continue;
    at = put(put_word(at, space), 0, count, 1);
    at = put_word(put_word(at, " "), units[i].name);
    if (count > 1) *at++ = 's';
    space = " ";
  }
  assert(at - text < TR_DURATION_TEXT_BYTES);
  return finish(text, at);
}

size_t tr_format_duration(int64_t duration_ms, char text[TR_DURATION_TEXT_BYTES]) {
  return format_in_units(duration_ms, UNIT_DAY, text);
}

size_t tr_format_open_time(int64_t open_ms, char text[TR_DURATION_TEXT_BYTES]) {
  return format_in_units(open_ms, UNIT_HOUR, text);
}

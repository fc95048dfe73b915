/* yearly.c - days that come back every year; see yearly.h. */
#include "engine/yearly.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"
#include "grammar/civil.h"

/* ---- Reading --------------------------------------------------------------------------------- */

static bool read_digits(const char *text, size_t length, int64_t most, int64_t *number) {
  int64_t sum = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    sum = sum * 10 + (text[i] - '0');
    if (sum > most) return false;
  }
  *number = sum;
  return length > 0;
}

bool tr_yearly_date(const char *text, size_t length, int64_t *day) {
  int64_t number;
  if (length != 8 || !read_digits(text, length, 99999999, &number)) return false;
  int32_t year = (int32_t)(number / 10000), month = (int32_t)(number / 100 % 100),
          of_month = (int32_t)(number % 100);
  if (year < 1 || month < 1 || month > 12 || of_month < 1) return false;
  if (of_month > tr_civil_month_days(year, month)) return false;
  *day = tr_civil_days(year, month, of_month);
  return true;
}

/* From -most to most without 0; a plus may stand. */
static bool read_signed(const char *text, size_t length, int64_t most, int64_t *number) {
  bool sign = length > 0 && (text[0] == '-' || text[0] == '+');
  if (!read_digits(text + sign, length - sign, most, number) || *number == 0) return false;
  if (text[0] == '-') *number = -*number;
  return true;
}

typedef bool (*item_reader)(tr_yearly *rule, const char *text, size_t length);

static bool read_month(tr_yearly *rule, const char *text, size_t length) {
  int64_t month;
  if (!read_digits(text, length, 12, &month) || month == 0) return false;
  rule->months |= (uint16_t)(1u << month);
  return true;
}

static bool read_month_day(tr_yearly *rule, const char *text, size_t length) {
  int64_t day;
  if (!read_signed(text, length, 31, &day)) return false;
  if (day > 0)
    rule->month_days |= 1u << day;
  else
    rule->month_days_back |= 1u << -day;
  return true;
}

static bool read_weekday(tr_yearly *rule, const char *text, size_t length) {
  static const char days[] = "MOTUWETHFRSASU";
  int64_t nth = 0;
  if (length < 2 || (length > 2 && !read_signed(text, length - 2, TR_YEARLY_NTH_MAX, &nth)))
    return false;
  for (int weekday = 0; weekday < 7; weekday++) {
    if (memcmp(days + 2 * weekday, text + length - 2, 2) != 0) continue;
    if (nth == 0) {
      rule->weekdays |= (uint8_t)(1u << weekday);
      return true;
    }
    rule->nth[weekday][nth + TR_YEARLY_NTH_MAX] = true;
    rule->has_nth = true;
    return true;
  }
  return false;
}

static bool read_position(tr_yearly *rule, const char *text, size_t length) {
  int64_t position;
  if (!read_signed(text, length, TR_YEARLY_POSITIONS_MAX, &position)) return false;
  rule->positions[position + TR_YEARLY_POSITIONS_MAX] = true;
  rule->has_positions = true;
  return true;
}

static bool read_each(tr_yearly *rule, const char *text, item_reader take) {
  for (;; text++) {
    size_t length = strcspn(text, ",");
    if (!take(rule, text, length)) return false;
    text += length;
    if (!*text) return true;
  }
}

static bool read_frequency(tr_yearly *rule, const char *text) {
  (void)rule;
  return strcmp(text, "YEARLY") == 0;
}

static bool read_interval(tr_yearly *rule, const char *text) {
  int64_t interval;
  if (!read_digits(text, strlen(text), 9999, &interval) || interval == 0) return false;
  rule->interval = (int32_t)interval;
  return true;
}

static bool read_count(tr_yearly *rule, const char *text) {
  return read_digits(text, strlen(text), 1000000, &rule->count) && rule->count > 0;
}

/* Of a time only the date counts: what it ends are days. */
static bool read_until(tr_yearly *rule, const char *text) {
  size_t length = strcspn(text, "T");
  return tr_yearly_date(text, length, &rule->until_day);
}

static bool read_months(tr_yearly *rule, const char *text) {
  return read_each(rule, text, read_month);
}
static bool read_month_days(tr_yearly *rule, const char *text) {
  return read_each(rule, text, read_month_day);
}
static bool read_weekdays(tr_yearly *rule, const char *text) {
  return read_each(rule, text, read_weekday);
}
static bool read_positions(tr_yearly *rule, const char *text) {
  return read_each(rule, text, read_position);
}

/* It parts weeks, and a rule of years that numbers no weeks has none. */
static bool read_week_start(tr_yearly *rule, const char *text) {
  (void)rule;
  return strlen(text) == 2;
}

static const struct {
  const char *name;
  bool (*read)(tr_yearly *rule, const char *text);
} parts[] = {
    {"FREQ", read_frequency},        {"INTERVAL", read_interval}, {"COUNT", read_count},
    {"UNTIL", read_until},           {"BYMONTH", read_months},    {"BYDAY", read_weekdays},
    {"BYMONTHDAY", read_month_days}, {"WKST", read_week_start},   {"BYSETPOS", read_positions},
};
enum { PART_COUNT = sizeof parts / sizeof *parts };

/* `NAME=VALUE`; `seen` has a bit for each part that stood before. */
static bool read_part(tr_arena *arena, char *text, tr_yearly *rule, uint32_t *seen,
                      const char **why) {
  char *value = strchr(text, '=');
  if (value) *value++ = '\0';
  for (uint32_t i = 0; value && i < PART_COUNT; i++) {
    if (strcmp(parts[i].name, text) != 0) continue;
    if (*seen >> i & 1)
      *why = tr_arena_print(arena, "'%s' stands twice in the rule", text);
    else if (i == 0 && !parts[i].read(rule, value))
      *why = tr_arena_print(arena, "a holiday comes back every year, not '%s'", value);
    else if (!parts[i].read(rule, value))
      *why = tr_arena_print(arena, "'%s=%s' is no part of a rule", text, value);
    *seen |= 1u << i;
    return !*why;
  }
  *why = tr_arena_print(arena, "'%s' is not among the parts of a rule that are understood", text);
  return false;
}

static bool matches_first(const tr_yearly *rule) {
  tr_yearly_walk walk;
  int64_t day;
  tr_yearly_begin(&walk, rule);
  return tr_yearly_next(&walk, &day) && day == rule->first_day;
}

/* Where no day is named it is that of the event. */
static void complete(tr_yearly *rule) {
  tr_civil_date first = tr_civil_date_of(rule->first_day);
  if (rule->weekdays || rule->has_nth || rule->month_days || rule->month_days_back) return;
  rule->month_days = 1u << first.day;
  if (!rule->months) rule->months = (uint16_t)(1u << first.month);
}

bool tr_yearly_read(tr_arena *arena, const char *text, int64_t first_day, tr_yearly *rule,
                    const char **why) {
  enum { COUNT_BIT = 1 << 2, UNTIL_BIT = 1 << 3 };
  uint32_t seen = 0;
  *rule = (tr_yearly){
      .first_day = first_day, .until_day = INT64_MAX, .count = INT64_MAX, .interval = 1};
  *why = NULL;
  char *copy = tr_arena_copy(arena, text, strlen(text)), *rest = copy;
  for (char *c = copy; *c; c++)
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  for (char *next; (next = strsep(&rest, ";"));)
    if (*next && !read_part(arena, next, rule, &seen, why)) return false; /* some end with a ';' */
  complete(rule);
  if (!(seen & 1))
    *why = "the rule does not say how often ('FREQ=YEARLY')";
  else if ((seen & COUNT_BIT) && (seen & UNTIL_BIT))
    *why = "a rule ends by 'COUNT' or by 'UNTIL', not by both";
  else if (!matches_first(rule))
    *why = "the day of the event is not among those of its rule";
  return !*why;
}

/* ---- Walking --------------------------------------------------------------------------------- */

static bool is_nth(const tr_yearly *rule, tr_civil_date date, int64_t day, int32_t weekday) {
  bool in_month = rule->months != 0;
  int32_t length = tr_civil_month_days(date.year, date.month), of = date.day;
  if (!in_month) {
    int64_t new_year = tr_civil_days(date.year, 1, 1);
    length = (int32_t)(tr_civil_days(date.year, 12, 31) - new_year + 1);
    of = (int32_t)(day - new_year + 1);
  }
  const bool *nth = rule->nth[weekday] + TR_YEARLY_NTH_MAX;
  return nth[(of - 1) / 7 + 1] || nth[-((length - of) / 7 + 1)];
}

/* Of a day in one of its months. */
static bool holds_on(const tr_yearly *rule, tr_civil_date date, int64_t day) {
  if (rule->month_days || rule->month_days_back) {
    int32_t back = tr_civil_month_days(date.year, date.month) - date.day + 1;
    if (!(rule->month_days >> date.day & 1) && !(rule->month_days_back >> back & 1)) return false;
  }
  if (!rule->weekdays && !rule->has_nth) return true;
  int32_t weekday = tr_civil_weekday(day);
  return (rule->weekdays >> weekday & 1) || (rule->has_nth && is_nth(rule, date, day, weekday));
}

static void keep_positions(tr_yearly_walk *walk) {
  const bool *positions = walk->rule->positions + TR_YEARLY_POSITIONS_MAX;
  int32_t count = (int32_t)walk->day_count, kept = 0;
  for (int32_t i = 0; i < count; i++)
    if (positions[i + 1] || positions[i - count]) walk->days[kept++] = walk->days[i];
  walk->day_count = (uint32_t)kept;
}

static void find_days(tr_yearly_walk *walk) {
  walk->next = walk->day_count = 0;
  for (int32_t month = 1; month <= 12; month++) {
    if (walk->rule->months && !(walk->rule->months >> month & 1)) continue;
    int64_t first = tr_civil_days(walk->year, month, 1);
    for (int32_t d = 1; d <= tr_civil_month_days(walk->year, month); d++) {
      tr_civil_date date = {walk->year, month, d};
      if (holds_on(walk->rule, date, first + d - 1)) walk->days[walk->day_count++] = first + d - 1;
    }
  }
  if (walk->rule->has_positions) keep_positions(walk);
}

void tr_yearly_begin(tr_yearly_walk *walk, const tr_yearly *rule) {
  walk->rule = rule;
  walk->left = rule->count;
  walk->year = tr_civil_date_of(rule->first_day).year;
  find_days(walk);
}

bool tr_yearly_next(tr_yearly_walk *walk, int64_t *day) {
  const tr_yearly *rule = walk->rule;
  for (;; find_days(walk)) {
    while (walk->next < walk->day_count) {
      *day = walk->days[walk->next++];
      if (*day < rule->first_day) continue;
      return *day <= rule->until_day && walk->left-- > 0;
    }
    walk->year += rule->interval;
    if (walk->year > TR_HOLIDAY_YEAR_MAX) return false;
  }
}

/* check_calendar.c - calendars: hours that can be, and holidays that reach as far as the agreements
 * that count by them. */
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "engine/holidays.h"
#include "engine/limits.h"
#include "grammar/civil.h"

/* ---- Hours ----------------------------------------------------------------------------------- */

enum { DAY_MINUTES = 24 * 60, WEEK_MINUTES = 7 * DAY_MINUTES };

/* One interval of one day of the week, in minutes from Monday; it may end in the next week. */
typedef struct interval {
  int32_t from, to;
  const tr_days_hours *days;
  uint32_t index; /* in order of writing */
} interval;
typedef TR_LIST(interval) intervals;

static bool is_sound(tr_open_hours hours) {
  return hours.from_minute < DAY_MINUTES && hours.from_minute != hours.to_minute;
}

static void check_hours(tr_check *check, const tr_days_hours *days) {
  for (uint32_t k = 0; k < days->hours.count; k++) {
    const tr_open_hours *hours = &days->hours.items[k];
    if (is_sound(*hours)) continue;
    if (hours->from_minute >= DAY_MINUTES) {
      tr_report(check->diags, DIAG_OUT_OF_RANGE, days->span, "hours begin before 24:00");
    } else {
      tr_diag *diag =
          tr_report(check->diags, DIAG_OUT_OF_RANGE, days->span, "these hours end when they begin");
      tr_diag_help(diag, "The whole day is '00:00 to 24:00'.");
    }
  }
}

static void add_intervals(tr_check *check, const tr_days_hours *days, intervals *all) {
  for (int32_t day = 0; day < 7; day++) {
    if (!(days->days >> day & 1)) continue;
    for (uint32_t k = 0; k < days->hours.count; k++) {
      tr_open_hours hours = days->hours.items[k];
      if (!is_sound(hours)) continue;
      int32_t from = day * DAY_MINUTES + hours.from_minute;
      int32_t to = day * DAY_MINUTES + hours.to_minute;
      if (to <= from) to += DAY_MINUTES; /* over midnight */
      interval one = {from, to, days, all->count};
      TR_PUSH(&check->scratch, all, one);
    }
  }
}

static int by_time(const void *left, const void *right) {
  const interval *a = left, *b = right;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  return (a->index > b->index) - (a->index < b->index);
}

static const char *interval_text(tr_check *check, const interval *it) {
  static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  int32_t from = it->from % DAY_MINUTES;
  int32_t to = it->to % DAY_MINUTES == 0 ? DAY_MINUTES : it->to % DAY_MINUTES;
  return tr_arena_print(&check->scratch, "'%s %02d:%02d to %02d:%02d'",
                        weekdays[it->from / DAY_MINUTES], (int)from / 60, (int)from % 60,
                        (int)to / 60, (int)to % 60);
}

static void report_overlap(tr_check *check, const interval *a, const interval *b) {
  const interval *first = a->index < b->index ? a : b, *second = first == a ? b : a;
  tr_diag *diag =
      tr_report(check->diags, DIAG_HOURS_OVERLAP, second->days->span, "%s and %s overlap",
                interval_text(check, first), interval_text(check, second));
  if (first->days != second->days) tr_diag_related(diag, first->days->span, "the first");
}

/* The first that is found: what stands for many days is wrong on each of them. */
static void check_overlaps(tr_check *check, const tr_calendar_decl *calendar) {
  intervals all = {0};
  tr_arena_reset(&check->scratch);
  for (uint32_t i = 0; i < calendar->week.count; i++)
    add_intervals(check, &calendar->week.items[i], &all);
  if (all.count == 0) return;
  qsort(all.items, all.count, sizeof *all.items, by_time);
  const interval *longest = &all.items[0];
  for (uint32_t i = 1; i < all.count; i++) {
    const interval *next = &all.items[i];
    if (longest->to > next->from) {
      report_overlap(check, longest, next);
      return;
    }
    longest = next;
  }
  if (longest != all.items && longest->to - WEEK_MINUTES > all.items[0].from)
    report_overlap(check, &all.items[0], longest);
}

/* ---- Holidays -------------------------------------------------------------------------------- */

/* A file that several calendars name is read, and complained of, once. */
static const tr_holiday_file *read_before(const tr_check *check, const tr_holiday_file *file) {
  for (uint32_t i = 0; i < check->tree->calendars.count; i++) {
    const tr_calendar_decl *calendar = check->tree->calendars.items[i];
    for (uint32_t k = 0; k < calendar->holidays.count; k++) {
      const tr_holiday_file *other = &calendar->holidays.items[k];
      if (other == file) return NULL;
      if (other->from.read && other->from.file == file->from.file) return other;
    }
  }
  return NULL;
}

static void check_holidays(tr_check *check, tr_calendar_decl *calendar) {
  for (uint32_t i = 0; i < calendar->holidays.count; i++) {
    tr_holiday_file *file = &calendar->holidays.items[i];
    if (!file->from.read) continue;
    const tr_holiday_file *before = read_before(check, file);
    file->holidays = before ? before->holidays : tr_check_holidays(check, file->from.file);
  }
}

static const char *date_text(tr_check *check, int64_t day) {
  char text[TR_TIME_TEXT_BYTES];
  tr_format_date(day, text);
  return tr_arena_copy(check->arena, text, strlen(text));
}

/* Behind the end of the file every day would be a working day, and nobody would be told. */
static void report_end(tr_check *check, tr_holiday_file *file, tr_span use) {
  const tr_agreement *agreement = check->agreement;
  const char *end = date_text(check, file->holidays->reach_day);
  bool open_end = agreement->to_day == INT64_MAX;
  tr_diag *diag =
      open_end
          ? tr_report(check->diags, DIAG_HOLIDAYS_RUN_OUT, file->from.span,
                      "these holidays end on %s, and \"%s\" has no end", end, agreement->name.text)
          : tr_report(check->diags, DIAG_HOLIDAYS_END, file->from.span,
                      "these holidays end on %s, and \"%s\" is in force until %s", end,
                      agreement->name.text, date_text(check, agreement->to_day));
  tr_diag_related(diag, use, "counted by here");
  tr_diag_help(diag, open_end ? "Put in a file that goes on before that day, or let the agreement "
                                "end by then."
                              : "Take a file that goes on, or let the agreement end by then.");
}

/* Christmas goes on for ever, and the Easters of the file are over. */
static void report_listed(tr_check *check, tr_holiday_file *file, tr_span use) {
  tr_diag *diag = tr_report(check->diags, DIAG_HOLIDAYS_RUN_OUT, file->from.span,
                            "of these holidays those that are listed year by year end with %s",
                            date_text(check, file->holidays->listed_until_day));
  tr_diag_related(diag, use, "counted by here, in \"%s\"", check->agreement->name.text);
  tr_diag_help(diag, "Put in a file that lists more years before that day.");
}

static void check_reach(tr_check *check, tr_holiday_file *file, tr_span use) {
  const tr_agreement *agreement = check->agreement;
  if (!file->holidays || file->told_of == agreement) return;
  int64_t most_day = tr_civil_days(TR_HOLIDAY_YEAR_MAX, 12, 31);
  int64_t until_day = agreement->to_day == INT64_MAX ? most_day : agreement->to_day;
  bool ends = file->holidays->reach_day < until_day;
  if (ends)
    report_end(check, file, use);
  else if (file->holidays->listed_until_day < until_day)
    report_listed(check, file, use);
  if (ends || file->holidays->listed_until_day < until_day) file->told_of = agreement;
}

void tr_check_counts_by(tr_check *check, tr_name name) {
  const tr_symbol *symbol =
      tr_check_name(check, name, SYMBOL_CALENDAR, SYMBOL_CALENDAR, "a calendar");
  if (!symbol || !check->agreement->has_force) return;
  tr_calendar_decl *calendar = symbol->decl;
  for (uint32_t i = 0; i < calendar->holidays.count; i++)
    check_reach(check, &calendar->holidays.items[i], name.span);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void check_closures(tr_check *check, const tr_calendar_decl *calendar) {
  for (uint32_t i = 0; i < calendar->closed.count; i++) {
    const tr_closure *closure = &calendar->closed.items[i];
    int64_t days = (int64_t)closure->to_day - closure->from_day;
    if (days >= 0 && days <= TR_CLOSURE_DAYS_MAX) continue;
    tr_report(check->diags, DIAG_OUT_OF_RANGE, closure->span,
              "a closure ends after it begins, and within ten years");
  }
}

static void check_calendar(tr_check *check, tr_calendar_decl *calendar) {
  if (!calendar->zone.text && check->tree->zones.count == 0 && tr_check_is_whole(check)) {
    tr_diag *diag = tr_report(check->diags, DIAG_MISSING, calendar->name.span,
                              "calendar '%s' has no time zone", calendar->name.text);
    tr_diag_help(diag, "Write 'zone \"Area/City\"' at the top of the file or in the calendar.");
  }
  if (calendar->week.count == 0 && tr_check_is_whole(check)) {
    tr_report(check->diags, DIAG_MISSING, calendar->name.span, "calendar '%s' never opens",
              calendar->name.text);
  }
  for (uint32_t i = 0; i < calendar->week.count; i++) check_hours(check, &calendar->week.items[i]);
  check_overlaps(check, calendar);
  check_closures(check, calendar);
  check_holidays(check, calendar);
}

void tr_check_calendars(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->calendars.count; i++)
    check_calendar(check, check->tree->calendars.items[i]);
}

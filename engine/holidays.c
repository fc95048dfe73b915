/* holidays.c - from the lines of an iCalendar file to closed days; see holidays.h. */
#include "engine/holidays.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ical.h"
#include "engine/limits.h"
#include "engine/yearly.h"
#include "grammar/civil.h"
#include "grammar/near.h"

typedef TR_LIST(int64_t) day_list;

/* A VEVENT while it is read. */
typedef struct event {
  tr_span span;       /* of its BEGIN */
  tr_span start_span; /* of DTSTART */
  tr_span end_span;   /* of DTEND or DURATION */
  const char *name;
  int64_t first_day, end_day; /* end_day: the first behind it */
  int64_t duration_days;      /* 0: none */
  const char *rule;           /* NULL: none */
  tr_span rule_span;
  day_list more, except; /* RDATE, EXDATE */
  bool has_start, has_end, timed, cancelled, wrong;
} event;

typedef struct reader {
  tr_check *check;
  tr_arena *scratch; /* of what is needed while reading */
  tr_ical ical;
  tr_ical_line line;
  tr_span open[TR_ICAL_NESTING_MAX]; /* the BEGINs that are not ended … */
  const char *open_names[TR_ICAL_NESTING_MAX];
  uint32_t depth;
  event event;
  TR_LIST(tr_holiday) days;
  TR_LIST(tr_holiday) dated; /* of those the first of each event that no rule brings back */
  tr_span timed_span;        /* the first event with a time of day */
  uint32_t timed_count;
  uint32_t rules;
  bool endless, full; /* full: beyond a limit, which has been said */
  size_t errors_before;
} reader;

static tr_diag *report(reader *reader, tr_diag_code code, tr_span span, const char *message) {
  return tr_report(reader->check->diags, code, span, "%s", message);
}

/* Of a property: what else the event says is no use without it. */
static void wrong(reader *reader, const char *message) {
  report(reader, DIAG_WRONG_FORM, reader->line.span, message);
  reader->event.wrong = true;
}

/* ---- Properties of an event ------------------------------------------------------------------ */

static bool is_of_days(const tr_ical_line *line) {
  return !strchr(line->value, 'T') && !strstr(line->parameters, ";VALUE=DATE-TIME") &&
         !strstr(line->parameters, ";VALUE=PERIOD");
}

/* One date; false where it is none, or has a time. */
static bool read_day(reader *reader, int64_t *day) {
  const char *value = reader->line.value;
  if (!is_of_days(&reader->line)) {
    reader->event.timed = true;
    return false;
  }
  if (tr_yearly_date(value, strlen(value), day)) return true;
  wrong(reader, tr_arena_print(reader->scratch, "there is no date '%.20s'", value));
  return false;
}

static void read_start(reader *reader) {
  if (reader->event.has_start) wrong(reader, "an event begins once");
  reader->event.has_start = true;
  reader->event.start_span = reader->line.span;
  (void)read_day(reader, &reader->event.first_day);
}

static bool begins_second_end(reader *reader) {
  if (reader->event.has_end) wrong(reader, "an event ends once, by 'DTEND' or by 'DURATION'");
  reader->event.has_end = true;
  reader->event.end_span = reader->line.span;
  return reader->event.wrong;
}

static void read_end(reader *reader) {
  if (begins_second_end(reader)) return;
  (void)read_day(reader, &reader->event.end_day);
}

/* `P1D`, `P2W`. */
static void read_duration(reader *reader) {
  const char *text = reader->line.value;
  if (begins_second_end(reader)) return;
  int64_t number = 0;
  size_t digits = strspn(text + (*text != '\0'), "0123456789");
  if (text[0] == 'P' && digits > 0 && digits < 6) number = strtol(text + 1, NULL, 10);
  const char *unit = number > 0 ? text + 1 + digits : "";
  if (strcmp(unit, "D") == 0)
    reader->event.duration_days = number;
  else if (strcmp(unit, "W") == 0)
    reader->event.duration_days = 7 * number;
  else
    wrong(reader, "an event of whole days lasts days or weeks, as in 'P1D'");
}

static void read_rule(reader *reader) {
  if (reader->event.rule) wrong(reader, "an event has one rule");
  reader->event.rule = reader->line.value;
  reader->event.rule_span = reader->line.span;
}

static void read_days(reader *reader, day_list *days) {
  const char *text = reader->line.value;
  for (;; text++) {
    size_t length = strcspn(text, ",");
    int64_t day;
    if (!tr_yearly_date(text, length, &day) || !is_of_days(&reader->line)) {
      int shown = length < 20 ? (int)length : 20;
      wrong(reader, tr_arena_print(reader->scratch, "'%.*s' is no date", shown, text));
      return;
    }
    TR_PUSH(reader->scratch, days, day);
    text += length;
    if (!*text) return;
  }
}

static void read_more(reader *reader) { read_days(reader, &reader->event.more); }

static void read_except(reader *reader) { read_days(reader, &reader->event.except); }

static void read_status(reader *reader) {
  reader->event.cancelled = tr_near_same(reader->line.value, "CANCELLED");
}

static void read_name(reader *reader) {
  reader->event.name = tr_ical_text(reader->check->arena, reader->line.value);
}

static void read_change(reader *reader) {
  wrong(reader, "an event that changes one of a series is not understood");
}

static void read_except_rule(reader *reader) {
  wrong(reader, "a rule of exceptions is not understood; 'EXDATE' names their days");
}

static const struct {
  const char *name;
  void (*read)(reader *reader);
} properties[] = {
    {"DTSTART", read_start},      {"DTEND", read_end},    {"DURATION", read_duration},
    {"RRULE", read_rule},         {"RDATE", read_more},   {"EXDATE", read_except},
    {"STATUS", read_status},      {"SUMMARY", read_name}, {"RECURRENCE-ID", read_change},
    {"EXRULE", read_except_rule},
};

/* ---- An event -------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static bool is_excepted(const event *event, int64_t day) {
  const day_list *days = &event->except; /* in order by now */
  return days->count > 0 && bsearch(&day, days->items, days->count, sizeof day, by_number);
}

/* One occurrence, on all its days. */
static void add(reader *reader, int64_t first_day, int64_t length_days) {
  const event *event = &reader->event;
  if (is_excepted(event, first_day)) return;
  for (int64_t day = first_day; day < first_day + length_days && !reader->full; day++) {
    if (day > TR_DATE_MAX_DAYS) return;
    tr_holiday holiday = {.day = day, .name = event->name, .order = reader->days.count};
    TR_PUSH(reader->scratch, &reader->days, holiday);
    reader->full = reader->days.count > TR_HOLIDAY_DAYS_MAX;
  }
  if (reader->full)
    tr_report(reader->check->diags, DIAG_OUT_OF_RANGE, event->span,
              "a file of holidays has %d days at most", TR_HOLIDAY_DAYS_MAX);
}

/* The same of a day that stands in the file. */
static void add_dated(reader *reader, int64_t first_day, int64_t length_days) {
  tr_holiday holiday = {.day = first_day, .name = reader->event.name};
  add(reader, first_day, length_days);
  if (holiday.name && !is_excepted(&reader->event, first_day))
    TR_PUSH(reader->scratch, &reader->dated, holiday);
}

/* How long it lasts; 0: something is wrong with that. */
static int64_t length_of(reader *reader) {
  const event *event = &reader->event;
  int64_t days = 1;
  if (event->duration_days > 0)
    days = event->duration_days;
  else if (event->has_end && event->end_day != event->first_day)
    days = event->end_day - event->first_day;
  if (days > 0 && days <= TR_CLOSURE_DAYS_MAX) return days;
  report(reader, DIAG_OUT_OF_RANGE, event->end_span,
         "an event ends after it begins, and within ten years");
  return 0;
}

static void add_rule(reader *reader, int64_t length_days) {
  tr_yearly rule;
  tr_yearly_walk walk;
  const char *why;
  const event *event = &reader->event;
  if (++reader->rules > TR_HOLIDAY_RULES_MAX) {
    tr_report(reader->check->diags, DIAG_OUT_OF_RANGE, event->rule_span,
              "a file of holidays has %d rules at most", TR_HOLIDAY_RULES_MAX);
    reader->full = true;
    return;
  }
  if (!tr_yearly_read(reader->scratch, event->rule, event->first_day, &rule, &why)) {
    report(reader, DIAG_WRONG_FORM, event->rule_span, why);
    return;
  }
  reader->endless |= rule.until_day == INT64_MAX && rule.count == INT64_MAX;
  tr_yearly_begin(&walk, &rule);
  for (int64_t day; !reader->full && tr_yearly_next(&walk, &day);) add(reader, day, length_days);
}

static void add_event(reader *reader) {
  const event *event = &reader->event;
  if (event->cancelled || event->wrong) return;
  if (!event->has_start) {
    report(reader, DIAG_MISSING, event->span, "this event has no 'DTSTART'");
    return;
  }
  if (event->timed) {
    if (reader->timed_count++ == 0) reader->timed_span = event->start_span;
    return;
  }
  int64_t length_days = length_of(reader);
  if (length_days == 0) return;
  if (event->except.count > 0)
    qsort(event->except.items, event->except.count, sizeof(int64_t), by_number);
  if (event->rule)
    add_rule(reader, length_days);
  else
    add_dated(reader, event->first_day, length_days);
  for (uint32_t i = 0; i < event->more.count; i++)
    add_dated(reader, event->more.items[i], length_days);
}

/* ---- The file -------------------------------------------------------------------------------- */

static bool in_event(const reader *reader) {
  return reader->depth == 2 && tr_near_same(reader->open_names[1], "VEVENT");
}

static bool begin(reader *reader) {
  const tr_ical_line *line = &reader->line;
  if (reader->depth == TR_ICAL_NESTING_MAX) {
    tr_report(reader->check->diags, DIAG_TOO_DEEP, line->span,
              "parts of an iCalendar file nest %d deep at most", TR_ICAL_NESTING_MAX);
    return false;
  }
  reader->open[reader->depth] = line->span;
  reader->open_names[reader->depth++] = line->value;
  if (in_event(reader)) reader->event = (event){.span = line->span};
  return true;
}

static bool end(reader *reader) {
  const tr_ical_line *line = &reader->line;
  if (reader->depth == 0 || !tr_near_same(reader->open_names[reader->depth - 1], line->value)) {
    tr_diag *diag = tr_report(reader->check->diags, DIAG_WRONG_FORM, line->span,
                              "'END:%.40s' ends nothing here", line->value);
    if (reader->depth > 0) tr_diag_related(diag, reader->open[reader->depth - 1], "not ended");
    return false;
  }
  if (in_event(reader)) add_event(reader);
  reader->depth--;
  return true;
}

static void read_property(reader *reader) {
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    if (strcmp(properties[i].name, reader->line.name) == 0) properties[i].read(reader);
  }
}

/* false: what follows cannot be understood. */
static bool read_line(reader *reader) {
  const tr_ical_line *line = &reader->line;
  bool begins = strcmp(line->name, "BEGIN") == 0 && line->value;
  if (reader->depth == 0 && !(begins && tr_near_same(line->value, "VCALENDAR"))) {
    report(reader, DIAG_WRONG_FORM, line->span, "an iCalendar file begins with 'BEGIN:VCALENDAR'");
    return false;
  }
  if (!line->value) {
    report(reader, DIAG_WRONG_FORM, line->span, "a line has a name, a colon and a value");
    return false;
  }
  if (begins) return begin(reader);
  if (strcmp(line->name, "END") == 0) return end(reader);
  if (in_event(reader)) read_property(reader);
  return !reader->full;
}

static void report_rest(reader *reader) {
  tr_span top = {.file = reader->ical.file};
  tr_diags *diags = reader->check->diags;
  if (reader->depth > 0)
    report(reader, DIAG_WRONG_FORM, reader->open[reader->depth - 1], "this is not ended");
  if (reader->timed_count > 0) {
    tr_diag *diag = tr_report(diags, DIAG_TIMED_EVENT, reader->timed_span,
                              "an event with a time of day closes nothing");
    if (reader->timed_count > 1)
      tr_diag_help(diag, "There are %u of them; only events of whole days close a calendar.",
                   reader->timed_count);
    else
      tr_diag_help(diag, "Only an event of whole days closes a calendar.");
  }
  if (reader->days.count == 0 && diags->error_count == reader->errors_before)
    report(reader, DIAG_MISSING, top, "there is no holiday in this file");
}

static int by_day(const void *left, const void *right) {
  const tr_holiday *a = left, *b = right;
  if (a->day != b->day) return a->day < b->day ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

static tr_holidays *settle(reader *reader) {
  tr_arena *arena = reader->check->arena;
  tr_holidays *holidays = TR_NEW(arena, tr_holidays);
  tr_holiday *items = TR_NEW_ARRAY(arena, tr_holiday, reader->days.count);
  memcpy(items, reader->days.items, reader->days.count * sizeof *items);
  qsort(items, reader->days.count, sizeof *items, by_day);
  for (uint32_t i = 0; i < reader->days.count; i++) {
    if (holidays->count == 0 || items[holidays->count - 1].day != items[i].day)
      items[holidays->count++] = items[i];
  }
  holidays->items = items;
  return holidays;
}

/* The file speaks of the days up to its last; of one in December, up to the end of the year. */
static int64_t reach_of(const reader *reader, const tr_holidays *holidays) {
  tr_civil_date last = tr_civil_date_of(holidays->items[holidays->count - 1].day);
  if (reader->endless && last.year <= TR_HOLIDAY_YEAR_MAX)
    last = (tr_civil_date){TR_HOLIDAY_YEAR_MAX, 12, 31};
  if (last.month == 12) last.day = 31;
  return tr_civil_days(last.year, last.month, last.day);
}

static int by_name(const void *left, const void *right) {
  const tr_holiday *a = left, *b = right;
  int order = strcmp(a->name, b->name);
  return order != 0 ? order : (a->day > b->day) - (a->day < b->day);
}

/* A holiday that moves, as Easter does, stands in the file year by year: of the same name in one
 * year and the next. The end of the latest year of such a one; INT64_MAX: there is none. */
static int64_t listed_until(reader *reader) {
  int64_t until_day = INT64_MAX;
  uint32_t count = reader->dated.count;
  const tr_holiday *items = reader->dated.items;
  if (count > 0) qsort(reader->dated.items, count, sizeof *items, by_name);
  for (uint32_t i = 1; i < count; i++) {
    int32_t year = tr_civil_date_of(items[i].day).year;
    if (strcmp(items[i - 1].name, items[i].name) != 0) continue;
    if (tr_civil_date_of(items[i - 1].day).year != year - 1) continue;
    int64_t end_day = tr_civil_days(year, 12, 31);
    if (until_day == INT64_MAX || end_day > until_day) until_day = end_day;
  }
  return until_day;
}

const tr_holidays *tr_check_holidays(tr_check *check, uint32_t file) {
  tr_arena_reset(&check->scratch);
  reader *reader = TR_NEW(check->arena, struct reader);
  const tr_source *source = &check->diags->sources.files.items[file];
  *reader = (struct reader){.check = check,
                            .scratch = &check->scratch,
                            .ical = {.arena = &check->scratch, .source = source, .file = file},
                            .errors_before = check->diags->error_count};
  bool goes_on = true;
  while (goes_on && tr_ical_next(&reader->ical, &reader->line)) goes_on = read_line(reader);
  if (goes_on) report_rest(reader);
  if (reader->days.count == 0) return NULL;
  tr_holidays *holidays = settle(reader);
  holidays->reach_day = reach_of(reader, holidays);
  holidays->listed_until_day = listed_until(reader);
  return holidays;
}

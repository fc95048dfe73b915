/* zone.c - reads TZif files (RFC 9636) and answers from one sorted table; see zone.h.
 *
 * The rule in the file's last line, which holds for all time behind the file's transitions, is
 * written out for 400 years: then the Gregorian calendar repeats to the day of the week, and so do
 * the transitions.
 *
 *     file's transitions     rule, written out for 400 years and a little       repeats for ever
 *     --x---x-----x--x--x-|--x--x--x--x--x--x--x--x--x--x--x--x--x--x--x--x--|--x--x-- ...
 *                           ^ cycle_from                                     ^ cycle_from + CYCLE
 *
 * So every question is one binary search, of 10 or 11 steps, and years without end cost 12 KB. */
#include "engine/zone.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "grammar/civil.h"

#define CYCLE_YEARS 400
#define CYCLE_MS    (INT64_C(146097) * TR_DAY_MS)
#define RULE_YEARS  (CYCLE_YEARS + 4) /* with the years at both edges, which are used in part */

#define OFFSET_MAX_S (26 * 3600) /* RFC 9636: no offset reaches 26 hours */
/* Behind a transition by more than this, no time that was shown before it is shown again. */
#define FOLD_MAX_MS (2 * OFFSET_MAX_S * TR_SECOND_MS)

/* The table's own bounds: two years early, so that a rule alone is in step by year 1. */
#define EARLIEST_S ((TR_TIME_MIN_MS - 800 * TR_DAY_MS) / TR_SECOND_MS)
#define LATEST_S   ((TR_TIME_MAX_MS + 8 * TR_DAY_MS) / TR_SECOND_MS)

struct tr_zone {
  const char *name;
  uint32_t count;        /* of spans, at least 1 */
  int64_t *from_ms;      /* where each begins, rising; the first INT64_MIN */
  int32_t *offset_s;     /* in force from there */
  int64_t cycle_from_ms; /* from here on it repeats; INT64_MAX when it does not */
};

/* --- asking ----------------------------------------------------------------------------------- */

/* The last span that begins at or before `utc_ms`. The halving has no branch to be mispredicted. */
static uint32_t find(const tr_zone *zone, int64_t utc_ms) {
  const int64_t *base = zone->from_ms;
  for (uint32_t count = zone->count; count > 1;) {
    uint32_t half = count / 2;
    base += base[half] <= utc_ms ? half : 0;
    count -= half;
  }
  return (uint32_t)(base - zone->from_ms);
}

/* By how many milliseconds (whole cycles) a time must go back to fall into the table. */
static int64_t cycles_beyond(const tr_zone *zone, int64_t ms) {
  if (ms < zone->cycle_from_ms || ms - zone->cycle_from_ms < CYCLE_MS) return 0;
  return (ms - zone->cycle_from_ms) / CYCLE_MS * CYCLE_MS;
}

static tr_zone_span span_of(const tr_zone *zone, uint32_t index, int64_t beyond_ms) {
  int64_t from_ms = zone->from_ms[index];
  int64_t until_ms = index + 1 < zone->count ? zone->from_ms[index + 1] : INT64_MAX;
  return (tr_zone_span){
      .from_ms = from_ms == INT64_MIN ? from_ms : from_ms + beyond_ms,
      .until_ms = until_ms == INT64_MAX ? until_ms : until_ms + beyond_ms,
      .offset_ms = zone->offset_s[index] * TR_SECOND_MS,
  };
}

static bool is_within_limits(int64_t ms) {
  return ms >= TR_TIME_MIN_MS - 4 * TR_DAY_MS && ms <= TR_TIME_MAX_MS + 4 * TR_DAY_MS;
}

tr_zone_span tr_zone_span_at(const tr_zone *zone, int64_t utc_ms) {
  assert(is_within_limits(utc_ms));
  int64_t beyond_ms = cycles_beyond(zone, utc_ms);
  return span_of(zone, find(zone, utc_ms - beyond_ms), beyond_ms);
}

int32_t tr_zone_offset_s(const tr_zone *zone, int64_t utc_ms) {
  assert(is_within_limits(utc_ms));
  return zone->offset_s[find(zone, utc_ms - cycles_beyond(zone, utc_ms))];
}

int64_t tr_zone_to_local(const tr_zone *zone, int64_t utc_ms) {
  if (utc_ms == TR_NEVER) return TR_NEVER;
  return utc_ms + tr_zone_offset_s(zone, utc_ms) * TR_SECOND_MS;
}

/* Where a local time falls: the first span whose clock, at its end, has passed it. */
typedef struct place {
  tr_zone_span span;
  int64_t utc_ms;           /* by the offset of that span; before its beginning: in the gap there */
  int64_t offset_before_ms; /* of the span before it */
} place;

static place locate(const tr_zone *zone, int64_t local_ms) {
  assert(is_within_limits(local_ms));
  int64_t beyond_ms = cycles_beyond(zone, local_ms);
  int64_t in_table_ms = local_ms - beyond_ms;
  uint32_t i = find(zone, in_table_ms - OFFSET_MAX_S * TR_SECOND_MS);
  while (i + 1 < zone->count &&
         in_table_ms - zone->offset_s[i] * TR_SECOND_MS >= zone->from_ms[i + 1])
    i++;
  tr_zone_span span = span_of(zone, i, beyond_ms);
  return (place){
      .span = span,
      .utc_ms = local_ms - span.offset_ms,
      .offset_before_ms = zone->offset_s[i ? i - 1 : 0] * TR_SECOND_MS,
  };
}

int64_t tr_zone_to_utc(const tr_zone *zone, int64_t local_ms) {
  place where = locate(zone, local_ms);
  return where.utc_ms >= where.span.from_ms ? where.utc_ms : local_ms - where.offset_before_ms;
}

int64_t tr_zone_reach(const tr_zone *zone, int64_t local_ms, tr_zone_span *span) {
  int64_t utc_ms = local_ms - span->offset_ms;
  bool fold_is_past = span->from_ms == INT64_MIN || utc_ms >= span->from_ms + FOLD_MAX_MS;
  if (fold_is_past && utc_ms < span->until_ms) return utc_ms;
  place where = locate(zone, local_ms);
  *span = where.span;
  return where.utc_ms >= where.span.from_ms ? where.utc_ms : where.span.from_ms;
}

int64_t tr_zone_day_start(const tr_zone *zone, int64_t days) {
  place where = locate(zone, days * TR_DAY_MS);
  return where.utc_ms >= where.span.from_ms ? where.utc_ms : where.span.from_ms;
}

const char *tr_zone_name(const tr_zone *zone) { return zone->name; }

/* --- building the table ----------------------------------------------------------------------- */

static tr_zone *zone_start(tr_arena *arena, const char *name, uint32_t room, int32_t offset_s) {
  tr_zone *zone = TR_NEW(arena, tr_zone);
  zone->name = tr_arena_copy(arena, name, strlen(name));
  zone->from_ms = TR_NEW_ARRAY(arena, int64_t, room + 1);
  zone->offset_s = TR_NEW_ARRAY(arena, int32_t, room + 1);
  zone->from_ms[0] = INT64_MIN;
  zone->offset_s[0] = offset_s;
  zone->count = 1;
  zone->cycle_from_ms = INT64_MAX;
  return zone;
}

/* Transitions may come a little out of order (a rule's time may reach a week into the next year),
 * so each sinks to its place; of two at one instant the later comer holds. */
static void zone_add(tr_zone *zone, int64_t at_s, int32_t offset_s) {
  if (at_s > LATEST_S) return;
  if (at_s < EARLIEST_S) {
    zone->offset_s[0] = offset_s;
    return;
  }
  uint32_t i = zone->count++;
  for (; zone->from_ms[i - 1] > at_s * TR_SECOND_MS; i--) {
    zone->from_ms[i] = zone->from_ms[i - 1];
    zone->offset_s[i] = zone->offset_s[i - 1];
  }
  zone->from_ms[i] = at_s * TR_SECOND_MS;
  zone->offset_s[i] = offset_s;
}

/* Drops what changes nothing: spans of no length, and transitions that only renamed the time.
 * Summer time for ever, written as a rule, leaves nothing to repeat. */
static void zone_finish(tr_zone *zone) {
  uint32_t kept = 0;
  for (uint32_t i = 1; i < zone->count; i++) {
    if (zone->from_ms[i] == zone->from_ms[kept]) {
      zone->offset_s[kept] = zone->offset_s[i];
      if (kept > 0 && zone->offset_s[kept - 1] == zone->offset_s[kept]) kept--;
    } else if (zone->offset_s[i] != zone->offset_s[kept]) {
      kept++;
      zone->from_ms[kept] = zone->from_ms[i];
      zone->offset_s[kept] = zone->offset_s[i];
    }
  }
  zone->count = kept + 1;
  if (zone->from_ms[kept] < zone->cycle_from_ms) zone->cycle_from_ms = INT64_MAX;
}

const tr_zone *tr_zone_utc(tr_arena *arena) { return zone_start(arena, "UTC", 0, 0); }

/* --- the rule: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, with RFC 9636's hours from -167 to 167) --- */

typedef enum { DAY_OF_MONTH_WEEK, DAY_WITHOUT_LEAP, DAY_FROM_ZERO } rule_day_kind;

typedef struct rule_change {
  rule_day_kind kind;
  int32_t month, week, day; /* M3.5.0, J60, 59: only `day` in the last two */
  int32_t time_s;           /* of that day, by the clock in force before the change */
} rule_change;

typedef struct rule {
  int32_t standard_s, summer_s; /* east of UTC; equal when there is no summer time */
  rule_change begins, ends;     /* of summer time */
} rule;

typedef struct scan {
  const uint8_t *at, *end;
} scan;

static bool take(scan *text, char mark) {
  if (text->at == text->end || *text->at != (uint8_t)mark) return false;
  text->at++;
  return true;
}

static bool is_letter(uint8_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static bool take_abbreviation(scan *text) {
  bool quoted = take(text, '<');
  const uint8_t *first = text->at;
  while (text->at < text->end && (quoted ? *text->at != '>' : is_letter(*text->at))) text->at++;
  return text->at - first >= 3 && (!quoted || take(text, '>'));
}

static bool take_number(scan *text, int32_t least, int32_t most, int32_t *value) {
  const uint8_t *first = text->at;
  *value = 0;
  while (text->at < text->end && *text->at >= '0' && *text->at <= '9' && text->at - first < 4) {
    *value = *value * 10 + (*text->at++ - '0');
  }
  return text->at > first && *value >= least && *value <= most;
}

/* `[+-]hh[:mm[:ss]]`, in seconds. */
static bool take_time(scan *text, int32_t hours_most, int32_t *time_s) {
  int32_t hours, minutes = 0, seconds = 0;
  bool negative = take(text, '-');
  if (!negative) take(text, '+');
  if (!take_number(text, 0, hours_most, &hours)) return false;
  if (take(text, ':') && !take_number(text, 0, 59, &minutes)) return false;
  if (take(text, ':') && !take_number(text, 0, 59, &seconds)) return false;
  *time_s = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
  return true;
}

/* Offsets are written west of UTC. */
static bool take_offset(scan *text, int32_t *offset_s) {
  if (!take_time(text, 24, offset_s)) return false;
  *offset_s = -*offset_s;
  return true;
}

static bool take_rule_day(scan *text, rule_change *change) {
  if (take(text, 'M')) {
    change->kind = DAY_OF_MONTH_WEEK;
    return take_number(text, 1, 12, &change->month) && take(text, '.') &&
           take_number(text, 1, 5, &change->week) && take(text, '.') &&
           take_number(text, 0, 6, &change->day);
  }
  change->kind = take(text, 'J') ? DAY_WITHOUT_LEAP : DAY_FROM_ZERO;
  return take_number(text, change->kind == DAY_WITHOUT_LEAP, 365, &change->day);
}

static bool take_change(scan *text, rule_change *change) {
  change->time_s = 2 * 3600;
  if (!take(text, ',') || !take_rule_day(text, change)) return false;
  return !take(text, '/') || take_time(text, 167, &change->time_s);
}

static bool parse_rule(scan text, rule *result) {
  if (!take_abbreviation(&text) || !take_offset(&text, &result->standard_s)) return false;
  result->summer_s = result->standard_s;
  if (text.at == text.end) return true;
  if (!take_abbreviation(&text)) return false;
  result->summer_s = result->standard_s + 3600;
  if (text.at < text.end && *text.at != ',' && !take_offset(&text, &result->summer_s)) return false;
  return take_change(&text, &result->begins) && take_change(&text, &result->ends) &&
         text.at == text.end;
}

static int64_t rule_date(const rule_change *change, int32_t year) {
  if (change->kind == DAY_FROM_ZERO) return tr_civil_days(year, 1, 1) + change->day;
  if (change->kind == DAY_WITHOUT_LEAP) {
    bool past_february = change->day >= 60; /* J60 is March 1, leap year or not */
    return tr_civil_days(year, past_february ? 3 : 1, 1) + change->day - (past_february ? 60 : 1);
  }
  int64_t first = tr_civil_days(year, change->month, 1);
  int32_t from_sunday = (tr_civil_weekday(first) + 1) % 7;
  int32_t day = (change->day - from_sunday + 7) % 7 + (change->week - 1) * 7;
  return first + (day < tr_civil_month_days(year, change->month) ? day : day - 7);
}

static void add_change(tr_zone *zone, const rule_change *change, int32_t year, int32_t before_s,
                       int32_t after_s, int64_t behind_s) {
  int64_t at_s = rule_date(change, year) * 86400 + change->time_s - before_s;
  if (at_s > behind_s) zone_add(zone, at_s, after_s);
}

/* Writes the rule out behind the file's last transition. It ends with a beginning: summer time for
 * ever ends each year at the instant at which the next one's begins. */
static void apply_rule(tr_zone *zone, const rule *rule) {
  bool has_file_part = zone->count > 1;
  int64_t behind_s = has_file_part ? zone->from_ms[zone->count - 1] / TR_SECOND_MS : EARLIEST_S;
  int32_t first_year = tr_civil_date_of(tr_civil_days_of_ms(behind_s * TR_SECOND_MS)).year;
  int32_t year = first_year - 1;
  for (; year < first_year + RULE_YEARS; year++) {
    add_change(zone, &rule->begins, year, rule->standard_s, rule->summer_s, behind_s);
    add_change(zone, &rule->ends, year, rule->summer_s, rule->standard_s, behind_s);
  }
  add_change(zone, &rule->begins, year, rule->standard_s, rule->summer_s, behind_s);
  zone->cycle_from_ms = tr_civil_days(first_year + 2, 1, 1) * TR_DAY_MS;
}

/* --- the file --------------------------------------------------------------------------------- */

enum { HEADER_BYTES = 44, TYPE_BYTES = 6 };

typedef struct header {
  uint8_t version;
  uint64_t ut_indicators, standard_indicators, leaps, transitions, types, characters;
} header;

static uint64_t big_endian(const uint8_t *bytes, int32_t count) {
  uint64_t value = 0;
  for (int32_t i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

static bool take_header(scan *file, header *head) {
  if (file->end - file->at < HEADER_BYTES || memcmp(file->at, "TZif", 4) != 0) return false;
  const uint8_t *counts = file->at + 20;
  *head = (header){
      .version = file->at[4],
      .ut_indicators = big_endian(counts, 4),
      .standard_indicators = big_endian(counts + 4, 4),
      .leaps = big_endian(counts + 8, 4),
      .transitions = big_endian(counts + 12, 4),
      .types = big_endian(counts + 16, 4),
      .characters = big_endian(counts + 20, 4),
  };
  file->at += HEADER_BYTES;
  return true;
}

/* The sum of six 32-bit counts, each times 13 at most, cannot overflow. */
static bool take_body(scan *file, const header *head, uint64_t time_bytes, const uint8_t **body) {
  uint64_t bytes = head->transitions * (time_bytes + 1) + head->types * TYPE_BYTES +
                   head->characters + head->leaps * (time_bytes + 4) + head->standard_indicators +
                   head->ut_indicators;
  if ((uint64_t)(file->end - file->at) < bytes) return false;
  *body = file->at;
  file->at += bytes;
  return true;
}

/* The last line of the file, without its line ends. */
static bool take_footer(scan *file, scan *footer) {
  if (!take(file, '\n')) return false;
  const uint8_t *line_end = memchr(file->at, '\n', (size_t)(file->end - file->at));
  *footer = (scan){file->at, line_end};
  return line_end != NULL && line_end + 1 == file->end;
}

static int32_t type_offset_s(const uint8_t *types, uint64_t index) {
  return (int32_t)(uint32_t)big_endian(types + index * TYPE_BYTES, 4);
}

/* Copies the transitions into the table. False when they are no table of a zone. */
static bool add_transitions(tr_zone *zone, const header *head, const uint8_t *times) {
  const uint8_t *indexes = times + head->transitions * 8;
  const uint8_t *types = indexes + head->transitions;
  for (uint64_t i = 0; i < head->types; i++) {
    int32_t offset_s = type_offset_s(types, i);
    if (offset_s <= -OFFSET_MAX_S || offset_s >= OFFSET_MAX_S) return false;
  }
  int64_t last_s = INT64_MIN;
  for (uint64_t i = 0; i < head->transitions; i++) {
    int64_t at_s = (int64_t)big_endian(times + i * 8, 8);
    if (indexes[i] >= head->types || (i > 0 && at_s <= last_s)) return false;
    zone_add(zone, at_s, type_offset_s(types, indexes[i]));
    last_s = at_s;
  }
  return true;
}

static const tr_zone *refuse(const char **why, const char *sentence) {
  *why = sentence;
  return NULL;
}

const tr_zone *tr_zone_new(tr_arena *arena, const char *name, const uint8_t *bytes, size_t length,
                           const char **why) {
  *why = NULL;
  if (length > TR_ZONE_FILE_BYTES_MAX) return refuse(why, "The file is too long for a time zone.");
  scan file = {bytes, bytes + length}, footer;
  header head;
  const uint8_t *body;
  if (!take_header(&file, &head)) return refuse(why, "This is not a TZif file.");
  if (head.version < '2') return refuse(why, "The file has 32-bit times only, not version 2.");
  if (!take_body(&file, &head, 4, &body) || !take_header(&file, &head) ||
      !take_body(&file, &head, 8, &body) || !take_footer(&file, &footer)) {
    return refuse(why, "The file ends too early, or goes on behind its end.");
  }
  if (head.leaps > 0) return refuse(why, "The zone counts leap seconds, which no rule here does.");
  if (head.types == 0) return refuse(why, "The file has no offset from UTC.");

  const uint8_t *types = body + head.transitions * 9;
  uint32_t room = (uint32_t)head.transitions + 2 * (RULE_YEARS + 1) + 1;
  tr_zone *zone = zone_start(arena, name, room, type_offset_s(types, 0));
  if (!add_transitions(zone, &head, body)) {
    return refuse(why, "The transitions are out of order, or have an offset that no place has.");
  }
  rule rule = {0};
  if (footer.at < footer.end) {
    if (!parse_rule(footer, &rule)) return refuse(why, "The rule in the last line cannot be read.");
    if (rule.summer_s != rule.standard_s)
      apply_rule(zone, &rule);
    else if (zone->offset_s[zone->count - 1] != rule.standard_s) {
      return refuse(why, "The rule in the last line contradicts the last transition.");
    }
  }
  zone_finish(zone);
  assert(zone->count >= 1 && zone->from_ms[0] == INT64_MIN);
  return zone;
}

/* --- as text --- */

size_t tr_zone_text(const tr_zone *zone, int64_t utc_ms, char text[TR_ZONE_TEXT_BYTES]) {
  bool is_utc = !zone || strcmp(zone->name, "UTC") == 0;
  size_t length = tr_format_instant(is_utc ? utc_ms : tr_zone_to_local(zone, utc_ms), text);
  char *t = memchr(text, 'T', length);
  if (!t) return length; /* never */
  *t = ' ';
  text[--length] = '\0'; /* without the Z */
  if (strcmp(text + length - 4, ".000") == 0) length -= 4;
  char *end = text + length;
  size_t room = TR_ZONE_TEXT_BYTES - length;
  if (is_utc) return length + (size_t)snprintf(end, room, "Z");
  int32_t offset_s = tr_zone_offset_s(zone, utc_ms), away_s = offset_s < 0 ? -offset_s : offset_s;
  length += (size_t)snprintf(end, room, "%c%02d:%02d", offset_s < 0 ? '-' : '+', away_s / 3600,
                             away_s / 60 % 60);
  if (away_s % 60 != 0) /* before there were zones */
    length += (size_t)snprintf(text + length, TR_ZONE_TEXT_BYTES - length, ":%02d", away_s % 60);
  return length;
}

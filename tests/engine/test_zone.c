/* test_zone.c - zones held against the C library's: all of the system's, and rules made for the
 * purpose; then known cases, and files that are broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/zone.h"
#include "grammar/civil.h"
#include "tests/engine/time_support.h"

static int64_t floor_seconds(int64_t ms) { return ms / 1000 - (ms % 1000 < 0); }

static void assert_offset(const tr_zone *zone, int64_t utc_ms) {
  int64_t expected = c_library_offset_s(floor_seconds(utc_ms));
  if (tr_zone_offset_s(zone, utc_ms) == expected) return;
  char text[TR_TIME_TEXT_BYTES];
  tr_format_instant(utc_ms, text);
  fail_msg("%s at %s (%s): %d instead of %" PRId64, tr_zone_name(zone), text, getenv("TZ"),
           tr_zone_offset_s(zone, utc_ms), expected);
}

/* The second at which the C library's offset first differs from the one at `from_s`. */
static int64_t c_library_change_s(int64_t from_s, int64_t to_s) {
  int64_t offset_s = c_library_offset_s(from_s);
  while (to_s - from_s > 1) {
    int64_t middle_s = from_s + (to_s - from_s) / 2;
    if (c_library_offset_s(middle_s) == offset_s)
      from_s = middle_s;
    else
      to_s = middle_s;
  }
  return to_s;
}

/* Looks for `local_s` in the C library's offsets, from a day and a half before to as much after. */
static void c_library_locate(int64_t local_s, int64_t *to_utc_s, int64_t *reach_s) {
  int64_t from_s = local_s - 36 * 3600, offset_s = c_library_offset_s(from_s), before_s = offset_s;
  for (int64_t hour_s = from_s;; hour_s += 3600) {
    int64_t next_s = c_library_offset_s(hour_s + 3600);
    int64_t until_s =
        next_s == offset_s ? hour_s + 3600 : c_library_change_s(hour_s, hour_s + 3600);
    int64_t utc_s = local_s - offset_s;
    if (utc_s < until_s) {
      *to_utc_s = utc_s >= from_s ? utc_s : local_s - before_s;
      *reach_s = utc_s >= from_s ? utc_s : from_s;
      return;
    }
    if (next_s == offset_s) continue;
    before_s = offset_s;
    offset_s = next_s;
    from_s = until_s;
  }
}

/* Neither what mktime finds first nor last may lie before what we call the first. */
static void assert_not_after_mktime(const tr_zone *zone, int64_t local_ms, int64_t utc_ms) {
  if (tr_zone_to_local(zone, utc_ms) != local_ms) return;
  time_t seconds = floor_seconds(local_ms);
  for (int is_summer = 0; is_summer <= 1; is_summer++) {
    struct tm tm;
    gmtime_r(&seconds, &tm);
    tm.tm_isdst = is_summer;
    int64_t other_ms = mktime(&tm) * INT64_C(1000) + local_ms - seconds * 1000;
    if (tr_zone_to_local(zone, other_ms) == local_ms) assert_true(utc_ms <= other_ms);
  }
}

static void assert_local(const tr_zone *zone, int64_t local_ms) {
  int64_t to_utc_s, reach_s, local_s = floor_seconds(local_ms), rest_ms = local_ms - local_s * 1000;
  char where[128];
  snprintf(where, sizeof where, "%s, local second %" PRId64, tr_zone_name(zone), local_s);
  c_library_locate(local_s, &to_utc_s, &reach_s);
  assert_instant(tr_zone_to_utc(zone, local_ms), to_utc_s * 1000 + rest_ms, where);
  bool is_shown = reach_s + c_library_offset_s(reach_s) == local_s;
  int64_t reach_ms = reach_s * 1000 + (is_shown ? rest_ms : 0);
  int64_t near_ms = local_ms - random_between(0, 40 * TR_DAY_MS);
  tr_zone_span span = tr_zone_span_at(zone, near_ms), used = span;
  assert_instant(tr_zone_reach(zone, local_ms, &used), reach_ms, where);
  assert_instant(tr_zone_reach(zone, local_ms, &used), reach_ms, where);
  assert_not_after_mktime(zone, local_ms, tr_zone_to_utc(zone, local_ms));
}

/* An instant of one of three kinds: any year, living memory, close to a transition. */
static int64_t random_instant(const tr_zone *zone, int64_t earliest_ms) {
  int64_t margin_ms = 3 * TR_DAY_MS, lately_ms = at("1850-01-01T00:00:00Z");
  if (lately_ms < earliest_ms) lately_ms = earliest_ms;
  int64_t any_ms = random_between(earliest_ms + margin_ms, TR_TIME_MAX_MS - margin_ms);
  lately_ms = random_between(lately_ms + margin_ms, at("2110-01-01T00:00:00Z"));
  if (random_bits() % 4 == 0) return any_ms;
  if (random_bits() % 3 == 0) return lately_ms;
  tr_zone_span span = tr_zone_span_at(zone, random_bits() % 4 ? lately_ms : any_ms);
  if (span.until_ms > TR_TIME_MAX_MS - margin_ms) return lately_ms;
  if (random_bits() % 4 == 0) return span.until_ms - (int64_t)(random_bits() % 2);
  return span.until_ms + random_between(-26 * TR_HOUR_MS, 26 * TR_HOUR_MS);
}

static void compare_with_c_library(const tr_zone *zone, int64_t earliest_ms, int64_t instants,
                                   int64_t locals) {
  for (int64_t i = 0; i < instants; i++) assert_offset(zone, random_instant(zone, earliest_ms));
  for (int64_t i = 0; i < locals; i++) {
    int64_t utc_ms = random_instant(zone, earliest_ms) + random_between(-7200000, 7200000);
    assert_local(zone, tr_zone_to_local(zone, utc_ms));
    int64_t earlier_offset_ms = tr_zone_offset_s(zone, utc_ms - 2 * TR_HOUR_MS) * TR_SECOND_MS;
    assert_local(zone, utc_ms + earlier_offset_ms); /* falls into gaps */
    int64_t days = tr_civil_days_of_ms(random_instant(zone, earliest_ms)), to_utc_s, reach_s;
    c_library_locate(days * 86400, &to_utc_s, &reach_s);
    assert_instant(tr_zone_day_start(zone, days), reach_s * 1000, tr_zone_name(zone));
  }
}

enum { ZONES_MAX = 2000 };
static char *zone_names[ZONES_MAX];
static size_t zone_count;

/* right/ counts leap seconds, posix/ repeats what stands above it. */
static int note_zone(const char *path, const struct stat *status, int kind, struct FTW *where) {
  (void)status;
  const char *name = path + strlen(ZONEINFO "/");
  if (kind == FTW_D && where->level == 1 && (!strcmp(name, "right") || !strcmp(name, "posix"))) {
    return FTW_SKIP_SUBTREE;
  }
  char magic[4] = "";
  FILE *file = kind == FTW_F ? fopen(path, "rb") : NULL;
  if (!file) return FTW_CONTINUE;
  bool is_zone = fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
  fclose(file);
  if (is_zone && zone_count < ZONES_MAX) zone_names[zone_count++] = strdup(name);
  return FTW_CONTINUE;
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

static void test_all_zones_as_in_the_c_library(void **state) {
  tr_arena *arena = arena_of(state);
  zone_count = 0;
  assert_int_equal(nftw(ZONEINFO, note_zone, 16, FTW_ACTIONRETVAL), 0);
  qsort(zone_names, zone_count, sizeof *zone_names, by_name);
  assert_true(zone_count >= 300);
  for (size_t i = 0; i < zone_count; i++) {
    char tz[256];
    snprintf(tz, sizeof tz, ":%s", zone_names[i]);
    use_c_library_zone(tz);
    compare_with_c_library(load_zone(arena, zone_names[i]), TR_TIME_MIN_MS, rounds(50), rounds(4));
    free(zone_names[i]);
    tr_arena_reset(arena);
  }
}

static size_t put_big_endian(uint8_t *bytes, size_t used, uint64_t value, int32_t count) {
  for (int32_t i = 0; i < count; i++)
    bytes[used + (size_t)i] = (uint8_t)(value >> 8 * (count - 1 - i));
  return used + (size_t)count;
}

typedef struct transition {
  int64_t at_s;
  uint8_t type;
} transition;

/* A version 2 file, whose 32-bit part is empty but for one type, as RFC 9636 advises. */
static size_t make_file(uint8_t *bytes, const transition *transitions, uint32_t count,
                        const int32_t *offsets_s, uint32_t types, const char *footer) {
  size_t used = 0;
  for (int32_t part = 0; part < 2; part++) {
    uint32_t here = part ? count : 0, types_here = part ? types : 1;
    memcpy(bytes + used, "TZif2", 5);
    memset(bytes + used + 5, 0, 27);
    used = put_big_endian(bytes, used + 32, here, 4);
    used = put_big_endian(bytes, used, types_here, 4);
    used = put_big_endian(bytes, used, 4, 4);
    for (uint32_t i = 0; i < here; i++)
      used = put_big_endian(bytes, used, (uint64_t)transitions[i].at_s, 8);
    for (uint32_t i = 0; i < here; i++) used = put_big_endian(bytes, used, transitions[i].type, 1);
    for (uint32_t i = 0; i < types_here; i++) {
      used = put_big_endian(bytes, used, (uint32_t)offsets_s[i], 4);
      used = put_big_endian(bytes, used, 0, 2);
    }
    memcpy(bytes + used, "XYZ", 4);
    used += 4;
  }
  return used + (size_t)sprintf((char *)bytes + used, "\n%s\n", footer);
}

/* The C library reads the same notation from TZ, but works it out from 1970 on only. */
static void test_rules_as_in_the_c_library(void **state) {
  static const struct {
    int32_t standard_s;
    const char *rule;
  } cases[] = {
      {3600, "CET-1CEST,M3.5.0,M10.5.0/3"},
      {3600, "IST-1GMT0,M10.5.0,M3.5.0/1"},            /* negative summer time, in winter */
      {7200, "IST-2IDT,M3.4.4/26,M10.5.0"},            /* beyond 24 hours */
      {-7200, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"},      /* before midnight */
      {37800, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"}, /* southern, half an hour */
      {-14400, "<-04>4<-03>,M9.1.6/24,M4.1.6/24"},
      {-18000, "EST5EDT,J60/2,J300/2:30:15"},
      {-18000, "EST5EDT4,59/2,363/2"},
      {-12345, "<abc>3:25:45<def>2:25:45,M2.5.6/167,M12.5.1/-167"},
      {45900, "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"},
      {0, "UTC0"},
      {19800, "<+0530>-5:30"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t bytes[512];
    const char *why;
    size_t length = make_file(bytes, NULL, 0, &cases[i].standard_s, 1, cases[i].rule);
    const tr_zone *zone = tr_zone_new(arena_of(state), cases[i].rule, bytes, length, &why);
    if (!zone) fail_msg("%s: %s", cases[i].rule, why);
    use_c_library_zone(cases[i].rule);
    compare_with_c_library(zone, at("1971-01-01T00:00:00Z"), rounds(400), rounds(40));
  }
}

/* Summer time that begins on January 1 at 0:00 and ends at the same instant a year later. */
static void test_summer_for_ever(void **state) {
  uint8_t bytes[512];
  const char *why;
  int32_t standard_s = -5 * 3600;
  size_t length = make_file(bytes, NULL, 0, &standard_s, 1, "EST5EDT,0/0,J365/25");
  const tr_zone *zone = tr_zone_new(arena_of(state), "summer", bytes, length, &why);
  assert_non_null(zone);
  for (int64_t i = 0; i < 2000; i++) {
    int64_t utc_ms = random_between(TR_TIME_MIN_MS, TR_TIME_MAX_MS);
    assert_int_equal(tr_zone_offset_s(zone, utc_ms), -4 * 3600);
  }
  tr_zone_span span = tr_zone_span_at(zone, at("9000-01-01T00:00:00Z"));
  assert_int_equal(span.until_ms, INT64_MAX);
  assert_true(span.from_ms < TR_TIME_MIN_MS);
  assert_int_equal(tr_zone_offset_s(zone, at("2027-01-01T05:00:00Z")), -4 * 3600);
  assert_int_equal(tr_zone_offset_s(zone, at("2027-01-01T04:59:59.999Z")), -4 * 3600);
}

static void test_gap_and_fold(void **state) {
  const tr_zone *zone = load_zone(arena_of(state), "Europe/Berlin");
  assert_instant(tr_zone_to_utc(zone, local("2026-03-29 02:30")), at("2026-03-29T01:30:00Z"),
                 "gap");
  assert_int_equal(tr_zone_to_local(zone, at("2026-03-29T01:30:00Z")), local("2026-03-29 03:30"));
  assert_instant(tr_zone_to_utc(zone, local("2026-03-29 03:00")), at("2026-03-29T01:00:00Z"),
                 "gap's end");
  assert_instant(tr_zone_to_utc(zone, local("2026-10-25 02:30")), at("2026-10-25T00:30:00Z"),
                 "fold");
  assert_instant(tr_zone_to_utc(zone, local("2026-10-25 03:00")), at("2026-10-25T02:00:00Z"),
                 "fold's end");
  tr_zone_span span = tr_zone_span_at(zone, at("2026-03-29T00:00:00Z"));
  assert_instant(span.until_ms, at("2026-03-29T01:00:00Z"), "transition");
  assert_instant(tr_zone_reach(zone, local("2026-03-29 02:30"), &span), at("2026-03-29T01:00:00Z"),
                 "reach");
  assert_instant(span.until_ms, at("2026-10-25T01:00:00Z"), "the span it went to");
  assert_int_equal(tr_zone_span_at(zone, at("9000-07-01T00:00:00Z")).offset_ms, 2 * TR_HOUR_MS);
  assert_instant(tr_zone_span_at(zone, at("9000-07-01T00:00:00Z")).until_ms,
                 at("9000-10-26T01:00:00Z"), "far transition");
  assert_int_equal(tr_zone_to_local(zone, TR_NEVER), TR_NEVER);
}

static void test_first_instant_of_a_date(void **state) {
  const tr_zone *apia = load_zone(arena_of(state), "Pacific/Apia"); /* had no 2011-12-30 */
  assert_instant(tr_zone_day_start(apia, date("2011-12-30")), at("2011-12-30T10:00:00Z"),
                 "no such date");
  assert_instant(tr_zone_day_start(apia, date("2011-12-31")), at("2011-12-30T10:00:00Z"),
                 "the next");
  const tr_zone *santiago = load_zone(arena_of(state), "America/Santiago"); /* at midnight */
  assert_instant(tr_zone_day_start(santiago, date("2026-09-06")), at("2026-09-06T04:00:00Z"),
                 "gap");
  assert_instant(tr_zone_day_start(santiago, date("2026-04-05")), at("2026-04-05T04:00:00Z"),
                 "fold");
}

static void test_utc(void **state) {
  const tr_zone *zone = tr_zone_utc(arena_of(state));
  assert_string_equal(tr_zone_name(zone), "UTC");
  for (int64_t i = 0; i < 1000; i++) {
    int64_t utc_ms = random_between(TR_TIME_MIN_MS, TR_TIME_MAX_MS);
    assert_int_equal(tr_zone_to_local(zone, utc_ms), utc_ms);
    assert_int_equal(tr_zone_to_utc(zone, utc_ms), utc_ms);
  }
}

static void test_as_text(void **state) {
  tr_arena *arena = arena_of(state);
  struct {
    const tr_zone *zone;
    const char *instant, *text;
  } rows[] = {
      {NULL, "2026-10-25T00:30:00Z", "2026-10-25 00:30:00Z"},
      {tr_zone_utc(arena), "2026-10-25T00:30:00.250Z", "2026-10-25 00:30:00.250Z"},
      {load_zone(arena, "Europe/Berlin"), "2026-10-25T00:30:00Z", "2026-10-25 02:30:00+02:00"},
      {load_zone(arena, "Europe/Berlin"), "2026-10-25T01:30:00Z", "2026-10-25 02:30:00+01:00"},
      {load_zone(arena, "Europe/London"), "2026-01-01T00:00:00Z", "2026-01-01 00:00:00+00:00"},
      {load_zone(arena, "America/St_Johns"), "2026-01-01T00:00:00Z", "2025-12-31 20:30:00-03:30"},
      {load_zone(arena, "Europe/Amsterdam"), "1900-01-01T00:00:00.001Z", NULL},
  };
  char text[TR_ZONE_TEXT_BYTES];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t length = tr_zone_text(rows[i].zone, at(rows[i].instant), text);
    assert_int_equal(length, strlen(text));
    if (rows[i].text) assert_string_equal(text, rows[i].text); /* else: before there were zones */
  }
  tr_zone_text(rows[2].zone, TR_NEVER, text);
  assert_string_equal(text, "never");
}

static void assert_no_zone(tr_arena *arena, const uint8_t *bytes, size_t length,
                           const char *expected) {
  const char *why = NULL;
  assert_null(tr_zone_new(arena, "broken", bytes, length, &why));
  assert_non_null(why);
  if (!strstr(why, expected)) fail_msg("'%s' does not say '%s'", why, expected);
}

static void test_broken_files_say_why(void **state) {
  tr_arena *arena = arena_of(state);
  static const int32_t offsets_s[] = {3600, 7200};
  static const transition rising[] = {{0, 1}, {1000, 0}}, equal[] = {{7, 1}, {7, 0}},
                          far[] = {{0, 2}};
  static const char *const rules[] = {"CE-1",
                                      "CET",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-25",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M3.5.7,M10.5.0",
                                      "CET-1CEST,J0,J100",
                                      "CET-1CEST,366,J100",
                                      "CET-1CEST,M3.5.0/168,M10.5.0",
                                      "<CET-1",
                                      "CET-1 ",
                                      "CET-1CEST,M3.5.0,M10.5.0,",
                                      "CET-1:60"};
  static uint8_t bytes[TR_ZONE_FILE_BYTES_MAX + 1];
  assert_no_zone(arena, bytes, 0, "not a TZif file");
  assert_no_zone(arena, (const uint8_t *)"BEGIN:VTIMEZONE", 15, "not a TZif file");
  assert_no_zone(arena, bytes, sizeof bytes, "too long");
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    size_t length = make_file(bytes, NULL, 0, offsets_s, 1, rules[i]);
    assert_no_zone(arena, bytes, length, "rule in the last line cannot be read");
  }
  size_t length = make_file(bytes, rising, 2, offsets_s, 2, "CET-1");
  const char *why;
  assert_non_null(tr_zone_new(arena, "whole", bytes, length, &why));
  for (size_t shorter = 44; shorter < length; shorter++) {
    assert_no_zone(arena, bytes, shorter, "ends too early");
  }
  bytes[4] = 0;
  assert_no_zone(arena, bytes, length, "not version 2");
  assert_no_zone(arena, bytes, make_file(bytes, rising, 2, offsets_s, 2, "EET-2"), "contradicts");
  assert_no_zone(arena, bytes, make_file(bytes, equal, 2, offsets_s, 2, ""), "out of order");
  assert_no_zone(arena, bytes, make_file(bytes, far, 1, offsets_s, 2, ""), "out of order");
  assert_no_zone(arena, bytes, make_file(bytes, NULL, 0, offsets_s, 0, "CET-1"), "no offset");
  int32_t day_s = 26 * 3600;
  assert_no_zone(arena, bytes, make_file(bytes, NULL, 0, &day_s, 1, ""), "no place has");
  length = make_file(bytes, NULL, 0, offsets_s, 1, "CET-1");
  memmove(bytes + length + 5, bytes + length - 7, 7); /* room for one leap second before the rule */
  bytes[44 + 10 + 28 + 3] = 1;                        /* their number, in the second header */
  assert_no_zone(arena, bytes, length + 12, "leap seconds");
}

/* Whatever the bytes: no step outside them, and what is taken for a zone can be asked. */
static void test_any_bytes_are_safe(void **state) {
  static const char *const names[] = {"Europe/Dublin", "America/Santiago", "Pacific/Apia",
                                      "Etc/GMT+5"};
  int64_t taken = 0, refused = 0;
  for (int64_t i = 0; i < rounds(3000); i++) {
    size_t length;
    const char *why;
    uint8_t *bytes = read_zone_file(names[i % 4], &length);
    size_t focus = random_bits() % 2 ? length : 200; /* the headers are where it hurts */
    for (int64_t change = random_between(1, 4); change > 0; change--) {
      size_t place = random_bits() % (focus < length ? focus : length);
      bytes[place] = random_bits() % 2 ? (uint8_t)random_bits() : (uint8_t)(bytes[place] ^ 1);
    }
    if (random_bits() % 4 == 0) length = random_bits() % (length + 1);
    uint8_t *exact = malloc(length ? length : 1);
    memcpy(exact, bytes, length);
    const tr_zone *zone = tr_zone_new(arena_of(state), "odd", exact, length, &why);
    free(exact);
    free(bytes);
    if (zone) {
      int64_t utc_ms = random_instant(zone, TR_TIME_MIN_MS);
      tr_zone_span span = tr_zone_span_at(zone, utc_ms);
      assert_true(span.from_ms <= utc_ms && utc_ms < span.until_ms);
      assert_int_equal(tr_zone_to_local(zone, utc_ms), utc_ms + span.offset_ms);
      assert_true(tr_zone_to_utc(zone, utc_ms + span.offset_ms) <= utc_ms);
      tr_zone_day_start(zone, TR_DATE_MIN_DAYS);
      tr_zone_day_start(zone, TR_DATE_MAX_DAYS);
      taken++;
    } else {
      assert_non_null(why);
      refused++;
    }
    tr_arena_reset(arena_of(state));
  }
  assert_true(taken > 100 && refused > 100);
}

int main(void) {
  seed_random();
  const struct CMUnitTest tests[] = {
      WITH_PURSE(test_all_zones_as_in_the_c_library),
      WITH_PURSE(test_rules_as_in_the_c_library),
      WITH_PURSE(test_summer_for_ever),
      WITH_PURSE(test_gap_and_fold),
      WITH_PURSE(test_first_instant_of_a_date),
      WITH_PURSE(test_utc),
      WITH_PURSE(test_as_text),
      WITH_PURSE(test_broken_files_say_why),
      WITH_PURSE(test_any_bytes_are_safe),
  };
  return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}

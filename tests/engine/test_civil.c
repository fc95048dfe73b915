/* test_civil.c - dates, instants and durations, read and written: known cases, every date there is,
 * and random ones held against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "grammar/civil.h"
#include "tests/engine/time_support.h"

static void test_every_date(void **state) {
  (void)state;
  int64_t days = TR_DATE_MIN_DAYS;
  for (int32_t year = 1; year <= 9999; year++) {
    for (int32_t month = 1; month <= 12; month++) {
      for (int32_t day = 1; day <= tr_civil_month_days(year, month); day++, days++) {
        tr_civil_date found = tr_civil_date_of(days);
        if (found.year != year || found.month != month || found.day != day ||
            tr_civil_days(year, month, day) != days) {
          fail_msg("%d-%d-%d", year, month, day);
        }
      }
    }
  }
  assert_int_equal(days, TR_DATE_MAX_DAYS + 1);
  assert_int_equal(TR_DATE_MIN_DAYS * TR_DAY_MS, TR_TIME_MIN_MS);
  assert_int_equal((TR_DATE_MAX_DAYS + 1) * TR_DAY_MS - 1, TR_TIME_MAX_MS);
}

static void test_dates_as_in_the_c_library(void **state) {
  (void)state;
  for (int64_t i = 0; i < rounds(20000); i++) {
    int64_t utc_ms = random_between(TR_TIME_MIN_MS, TR_TIME_MAX_MS);
    int64_t days = tr_civil_days_of_ms(utc_ms);
    time_t seconds = days * 86400;
    struct tm tm;
    char text[TR_TIME_TEXT_BYTES], expected[64];
    gmtime_r(&seconds, &tm);
    assert_int_equal(tr_civil_weekday(days), (tm.tm_wday + 6) % 7);
    snprintf(expected, sizeof expected, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday);
    assert_int_equal(tr_format_date(days, text), 10);
    assert_string_equal(text, expected);
    assert_int_equal(date(text), days);
    assert_int_equal(tr_format_instant(utc_ms, text), 24);
    assert_int_equal(at(text), utc_ms);
  }
}

typedef bool parser(const char *text, size_t length, int64_t *result);

/* From a buffer of exactly its size, so that the sanitizer sees a step too far. */
static bool parse(parser *parser, const char *text, int64_t *result) {
  size_t length = strlen(text);
  char *exact = malloc(length ? length : 1);
  memcpy(exact, text, length);
  bool parsed = parser(exact, length, result);
  free(exact);
  return parsed;
}

static void test_instants_read(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t utc_ms;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59.999Z", -1},
      {"2026-11-06T14:00:00.123Z", 1793973600123},
      {"2026-11-06t14:00:00.123z", 1793973600123},
      {"2026-11-06T15:30:00.123+01:30", 1793973600123},
      {"2026-11-06T02:00:00.1239999-12:00", 1793973600123},
      {"2026-11-06T14:00:00.1-00:00", 1793973600100},
      {"1969-12-31T23:59:59.0019Z", -999},
      {"0001-01-01T00:00:00Z", TR_TIME_MIN_MS},
      {"0001-01-01T01:00:00+01:00", TR_TIME_MIN_MS},
      {"9999-12-31T23:59:59.9999Z", TR_TIME_MAX_MS},
      {"2000-02-29T00:00:00+23:59", 951696060000},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t utc_ms;
    if (!parse(tr_parse_instant, cases[i].text, &utc_ms)) fail_msg("refused: %s", cases[i].text);
    assert_instant(utc_ms, cases[i].utc_ms, cases[i].text);
  }
}

static void assert_refused(parser *parser, const char *const *texts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int64_t result = 42;
    if (parse(parser, texts[i], &result)) fail_msg("accepted: '%s'", texts[i]);
    assert_int_equal(result, 42);
  }
}

static void test_what_is_refused(void **state) {
  (void)state;
  static const char *const dates[] = {
      "",           "2026",        "2026-11",     "2026-11-",
      "2026-11-6",  "2026-11-06 ", " 2026-11-06", "2026-13-01",
      "2026-00-01", "2026-11-00",  "2026-11-31",  "2026-02-29",
      "1900-02-29", "0000-01-01",  "10000-01-01", "2026/11/06",
      "+026-11-06", "2026-1a-06",  "20261106",
  };
  static const char *const instants[] = {
      "",
      "2026-11-06",
      "2026-11-06T",
      "2026-11-06T14:00Z",
      "2026-11-06T14:00:00",
      "2026-11-06 14:00:00Z",
      "2026-11-06T14:00:60Z",
      "2016-12-31T23:59:60Z",
      "2026-11-06T24:00:00Z",
      "2026-11-06T14:60:00Z",
      "2026-11-06T14:00:00.Z",
      "2026-11-06T14:00:00,5Z",
      "2026-11-06T14:00:00Z ",
      "2026-11-06T14:00:00+1:00",
      "2026-11-06T14:00:00+0100",
      "2026-11-06T14:00:00+24:00",
      "2026-11-06T14:00:00+01:60",
      "2026-11-06T14:00:00+01",
      "2026-11-06T14:00:00.",
      "2026-11-06T14:00:0",
      "0001-01-01T00:00:00+00:01",
      "9999-12-31T23:59:00-00:01",
      "2026-11-06T14:00:00ZZ",
      "2026-11-06T-4:00:00Z",
  };
  static const char *const locals[] = {
      "",
      "2026-11-06",
      "2026-11-06 ",
      "2026-11-06 14",
      "2026-11-06 14:",
      "2026-11-06 14:0",
      "2026-11-06 14:00:",
      "2026-11-06 14:00:60",
      "2026-11-06 24:00",
      "2026-11-06T14:00",
      "2026-11-06 14:00Z",
      "2026-11-06  14:00",
      "2026-11-06 14:00:00.5",
  };
  assert_refused(tr_parse_date, dates, sizeof dates / sizeof *dates);
  assert_refused(tr_parse_instant, instants, sizeof instants / sizeof *instants);
  assert_refused(tr_parse_local, locals, sizeof locals / sizeof *locals);
}

static void assert_local_text(int64_t local_ms, const char *expected) {
  char text[TR_TIME_TEXT_BYTES];
  assert_int_equal(tr_format_local(local_ms, text), strlen(expected));
  assert_string_equal(text, expected);
}

static void test_times_written(void **state) {
  (void)state;
  char text[TR_TIME_TEXT_BYTES];
  assert_local_text(local("2026-11-06 14:00"), "2026-11-06 14:00");
  assert_local_text(local("2026-11-06 14:00:00"), "2026-11-06 14:00");
  assert_local_text(local("2026-11-06 14:00:07"), "2026-11-06 14:00:07");
  assert_local_text(local("2026-11-06 14:00") + 50, "2026-11-06 14:00:00.050");
  assert_local_text(-1, "1969-12-31 23:59:59.999");
  assert_local_text(TR_NEVER, "never");
  assert_local_text(TR_TIME_MIN_MS - TR_HOUR_MS, "0000-12-31 23:00");
  assert_local_text(TR_TIME_MAX_MS + 1, "10000-01-01 00:00");
  tr_format_instant(at("2026-11-06T14:00:00+02:00"), text);
  assert_string_equal(text, "2026-11-06T12:00:00.000Z");
  assert_int_equal(tr_format_instant(TR_NEVER, text), 5);
  assert_string_equal(text, "never");
  assert_int_equal(tr_format_date(INT64_MAX, text), 5);
  assert_string_equal(text, "never");
}

static void test_durations_written(void **state) {
  (void)state;
  static const struct {
    int64_t ms;
    const char *elapsed, *open;
  } cases[] = {
      {0, "0 minutes", "0 minutes"},
      {1, "1 millisecond", "1 millisecond"},
      {5400000, "1 hour 30 minutes", "1 hour 30 minutes"},
      {60000, "1 minute", "1 minute"},
      {32 * TR_HOUR_MS, "1 day 8 hours", "32 hours"},
      {2 * TR_DAY_MS + 3002, "2 days 3 seconds 2 milliseconds",
       "48 hours 3 seconds 2 milliseconds"},
      {-90000, "minus 1 minute 30 seconds", "minus 1 minute 30 seconds"},
      {INT64_MIN, "minus 106751991167 days 7 hours 12 minutes 55 seconds 808 milliseconds",
       "minus 2562047788015 hours 12 minutes 55 seconds 808 milliseconds"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[TR_DURATION_TEXT_BYTES];
    assert_int_equal(tr_format_duration(cases[i].ms, text), strlen(cases[i].elapsed));
    assert_string_equal(text, cases[i].elapsed);
    assert_int_equal(tr_format_open_time(cases[i].ms, text), strlen(cases[i].open));
    assert_string_equal(text, cases[i].open);
  }
}

int main(void) {
  seed_random();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_date),    cmocka_unit_test(test_dates_as_in_the_c_library),
      cmocka_unit_test(test_instants_read), cmocka_unit_test(test_what_is_refused),
      cmocka_unit_test(test_times_written), cmocka_unit_test(test_durations_written),
  };
  return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}

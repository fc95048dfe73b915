/* time_support.h - what the tests of times share: an arena for each test, random cases that can be
 * repeated, times written as text, zones from the system's files and the C library's clock.
 *
 * TREATY_TEST_ROUNDS (default 1) multiplies the random cases, TREATY_TEST_SEED repeats a run. */
#ifndef TIME_SUPPORT_H
#define TIME_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/zone.h"
#include "grammar/civil.h"
#include "grammar/memory.h"

#define ZONEINFO "/usr/share/zoneinfo"

typedef struct purse {
  tr_memory memory;
  tr_arena arena;
} purse;

static uint64_t random_state;

/* Called once, before the tests. */
static inline void seed_random(void) {
  const char *seed = getenv("TREATY_TEST_SEED");
  random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
  printf("random cases: to repeat them, TREATY_TEST_SEED=%" PRIu64 "\n", random_state);
}

/* splitmix64 */
static inline uint64_t random_bits(void) {
  uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

static inline int64_t random_between(int64_t least, int64_t most) {
  return least + (int64_t)(random_bits() % ((uint64_t)(most - least) + 1));
}

static inline int64_t rounds(int64_t once) {
  const char *times = getenv("TREATY_TEST_ROUNDS");
  return once * (times ? strtol(times, NULL, 10) : 1);
}

static inline int open_purse(void **state) {
  purse *mine = calloc(1, sizeof *mine);
  tr_arena_init(&mine->arena, &mine->memory);
  *state = mine;
  return 0;
}

static inline int close_purse(void **state) {
  purse *mine = *state;
  tr_memory_close(&mine->memory);
  free(mine);
  return 0;
}

#define WITH_PURSE(test) cmocka_unit_test_setup_teardown(test, open_purse, close_purse)

static inline tr_arena *arena_of(void **state) { return &((purse *)*state)->arena; }

static inline int64_t at(const char *instant) {
  int64_t utc_ms;
  if (!tr_parse_instant(instant, strlen(instant), &utc_ms)) fail_msg("no instant: %s", instant);
  return utc_ms;
}

static inline int64_t date(const char *text) {
  int64_t days;
  if (!tr_parse_date(text, strlen(text), &days)) fail_msg("no date: %s", text);
  return days;
}

static inline int64_t local(const char *text) {
  int64_t local_ms;
  if (!tr_parse_local(text, strlen(text), &local_ms)) fail_msg("no local time: %s", text);
  return local_ms;
}

/* Says both times in words when they differ. */
static inline void assert_instant(int64_t found, int64_t expected, const char *where) {
  if (found == expected) return;
  char found_text[TR_TIME_TEXT_BYTES], expected_text[TR_TIME_TEXT_BYTES];
  tr_format_instant(found, found_text);
  tr_format_instant(expected, expected_text);
  fail_msg("%s: %s instead of %s", where, found_text, expected_text);
}

static inline uint8_t *read_zone_file(const char *name, size_t *length) {
  char path[512];
  snprintf(path, sizeof path, ZONEINFO "/%s", name);
  FILE *file = fopen(path, "rb");
  if (!file) fail_msg("no %s: is tzdata installed?", path);
  uint8_t *bytes = malloc(TR_ZONE_FILE_BYTES_MAX);
  *length = fread(bytes, 1, TR_ZONE_FILE_BYTES_MAX, file);
  fclose(file);
  uint8_t *exact = malloc(*length + 1);
  memcpy(exact, bytes, *length);
  free(bytes);
  return exact;
}

static inline const tr_zone *load_zone(tr_arena *arena, const char *name) {
  size_t length;
  const char *why;
  uint8_t *bytes = read_zone_file(name, &length);
  const tr_zone *zone = tr_zone_new(arena, name, bytes, length, &why);
  free(bytes);
  if (!zone) fail_msg("%s: %s", name, why);
  assert_null(why);
  assert_string_equal(tr_zone_name(zone), name);
  return zone;
}

static inline void use_c_library_zone(const char *tz) {
  setenv("TZ", tz, 1);
  tzset();
}

static inline int64_t c_library_offset_s(int64_t utc_s) {
  time_t seconds = utc_s;
  struct tm tm;
  assert_non_null(localtime_r(&seconds, &tm));
  return tm.tm_gmtoff;
}

#endif

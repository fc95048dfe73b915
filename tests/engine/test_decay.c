/* test_decay.c - points that halve: sums that do not depend on order, worth against a table in
 * decimals of 60 digits (decay_table.py), and the exact millisecond at which a worth crosses a
 * level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/decay.h"
#include "tests/engine/decay_table.h"

#define SEED        20260301u
#define DAY_MS      INT64_C(86400000)
#define POINT       INT64_C(1000000)
#define EVENTS      200
#define OCTAVES_MAX 256

static tr_memory memory;
static tr_arena arena;
static const tr_decay_tables *tables;

static int make_tables(void **state) {
  (void)state;
  tr_arena_init(&arena, &memory);
  tables = tr_decay_tables_new(&arena);
  return 0;
}

static int drop_tables(void **state) {
  (void)state;
  tr_memory_close(&memory);
  return 0;
}

static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static int64_t between(uint64_t *random, int64_t low, int64_t high) {
  return low + (int64_t)(next_random(random) % (uint64_t)(high - low + 1));
}

/* ---- A score of several events ---- */

typedef struct event {
  int64_t points, time_ms;
} event;

typedef struct score {
  int64_t halves_ms;
  tr_octave octaves[OCTAVES_MAX];
  uint32_t count;
} score;

static void add_mantissa(score *score, int32_t octave, __int128 mantissa) {
  uint32_t place = 0;
  while (place < score->count && score->octaves[place].octave < octave) place++;
  if (place == score->count || score->octaves[place].octave != octave) {
    assert_true(score->count < OCTAVES_MAX);
    memmove(score->octaves + place + 1, score->octaves + place,
            sizeof *score->octaves * (score->count - place));
    score->octaves[place] = (tr_octave){.octave = octave};
    score->count++;
  }
  tr_octave_add(&score->octaves[place], mantissa);
}

static void add_event(score *score, event event, int sign) {
  int32_t octave = tr_decay_octave(event.time_ms, score->halves_ms);
  add_mantissa(score, octave,
               sign * tr_decay_mantissa(tables, event.points, event.time_ms, score->halves_ms));
}

static tr_decaying total(const score *score) {
  return tr_decay_total(score->octaves, score->count, score->halves_ms);
}

static int64_t worth(const score *score, int64_t now_ms) {
  return tr_decay_value(tables, total(score), now_ms);
}

static tr_decaying one_event(int64_t points, int64_t time_ms, int64_t halves_ms) {
  score score = {.halves_ms = halves_ms};
  add_event(&score, (event){points, time_ms}, 1);
  return total(&score);
}

/* ---- Worth ---- */

/* Half a millionth of rounding, and 2^-39 of the worth itself: the exponent has 40 binary digits,
 * in the event and in the reading. Up to 200,000 points that is less than a millionth. */
static void test_worth_is_that_of_the_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof decay_table / sizeof *decay_table; i++) {
    tr_decaying decaying =
        one_event(decay_table[i].points, decay_table[i].time_ms, decay_table[i].halves_ms);
    int64_t found = tr_decay_value(tables, decaying, decay_table[i].now_ms);
    __int128 off = (__int128)found * 1000 - decay_table[i].worth_billionths;
    int64_t size = llabs(decay_table[i].worth_billionths);
    int64_t allowed = 501 + (size >> 39);
    if (off <= allowed && -off <= allowed) continue;
    fail_msg("row %zu: %lld millionths, off by %lld thousandths of one, %lld allowed", i,
             (long long)found, (long long)off, (long long)allowed);
  }
}

static void test_whole_half_lives_are_exact(void **state) {
  (void)state;
  for (int64_t halves_ms = 60000; halves_ms < 100000 * DAY_MS; halves_ms = halves_ms * 7 + 1) {
    tr_decaying decaying = one_event(64 * POINT, 20 * halves_ms, halves_ms);
    for (int n = 0; n < 12; n++) {
      assert_int_equal(tr_decay_value(tables, decaying, (20 + n) * halves_ms), 64 * POINT >> n);
    }
  }
}

static void test_nothing_is_worth_nothing(void **state) {
  (void)state;
  score none = {.halves_ms = DAY_MS};
  assert_int_equal(worth(&none, 0), 0);
  assert_int_equal(tr_decay_crossing(tables, total(&none), POINT, 0), INT64_MAX);
  tr_decaying old = one_event(POINT, 0, 60000);
  assert_int_equal(tr_decay_value(tables, old, 1000 * INT64_C(60000)), 0);
}

/* ---- Order and subtraction ---- */

static void make_events(uint64_t *random, event *events, int64_t halves_ms) {
  for (int i = 0; i < EVENTS; i++) {
    events[i].points = between(random, -1000 * POINT, 1000 * POINT);
    events[i].time_ms = INT64_C(1772452800000) - between(random, 0, 40 * halves_ms);
  }
}

static void shuffle(uint64_t *random, event *events) {
  for (int i = EVENTS - 1; i > 0; i--) {
    int k = (int)between(random, 0, i);
    event swap = events[i];
    events[i] = events[k];
    events[k] = swap;
  }
}

static void expect_same(const score *a, const score *b) {
  tr_decaying left = total(a), right = total(b);
  assert_true(left.total == right.total);
  assert_int_equal(left.octave, right.octave);
  assert_int_equal(left.halves_ms, right.halves_ms);
}

static void test_order_does_not_matter(void **state) {
  (void)state;
  uint64_t random = SEED;
  print_message("seed %u\n", SEED);
  for (int round = 0; round < 20; round++) {
    event events[EVENTS];
    int64_t halves_ms = between(&random, 60000, 60 * DAY_MS);
    score in_order = {.halves_ms = halves_ms};
    make_events(&random, events, halves_ms);
    for (int i = 0; i < EVENTS; i++) add_event(&in_order, events[i], 1);
    for (int again = 0; again < 5; again++) {
      score shuffled = {.halves_ms = halves_ms};
      shuffle(&random, events);
      for (int i = 0; i < EVENTS; i++) add_event(&shuffled, events[i], 1);
      expect_same(&in_order, &shuffled);
    }
  }
}

static void test_taking_an_event_away_leaves_no_trace(void **state) {
  (void)state;
  uint64_t random = SEED + 1;
  for (int round = 0; round < 20; round++) {
    event events[EVENTS];
    int64_t halves_ms = between(&random, 60000, 60 * DAY_MS);
    score with = {.halves_ms = halves_ms}, without = {.halves_ms = halves_ms};
    make_events(&random, events, halves_ms);
    for (int i = 0; i < EVENTS; i++) {
      add_event(&with, events[i], 1);
      if (i % 2 == 0) add_event(&without, events[i], 1);
    }
    for (int i = 1; i < EVENTS; i += 2) add_event(&with, events[i], -1);
    int64_t now_ms = INT64_C(1772452800000);
    for (int n = 0; n < 10; n++) {
      assert_int_equal(worth(&with, now_ms + n * halves_ms / 3),
                       worth(&without, now_ms + n * halves_ms / 3));
    }
    for (int i = 0; i < EVENTS; i += 2) add_event(&with, events[i], -1);
    for (uint32_t i = 0; i < with.count; i++) assert_true(tr_octave_sum(&with.octaves[i]) == 0);
    assert_int_equal(worth(&with, now_ms), 0);
  }
}

/* The sum of two scores differs from both read together by the rounding of each reading alone. */
static void test_sum_of_two(void **state) {
  (void)state;
  uint64_t random = SEED + 2;
  for (int round = 0; round < 200; round++) {
    int64_t halves_ms = between(&random, 60000, 60 * DAY_MS), now_ms = INT64_C(1772452800000);
    tr_decaying a = one_event(between(&random, -100 * POINT, 100 * POINT),
                              now_ms - between(&random, 0, 20 * halves_ms), halves_ms);
    tr_decaying b = one_event(between(&random, -100 * POINT, 100 * POINT),
                              now_ms - between(&random, 0, 20 * halves_ms), halves_ms);
    int64_t apart = tr_decay_value(tables, a, now_ms) + tr_decay_value(tables, b, now_ms);
    int64_t together = tr_decay_value(tables, tr_decay_sum(a, b), now_ms);
    assert_true(llabs(together - apart) <= 1);
    assert_int_equal(together, tr_decay_value(tables, tr_decay_sum(b, a), now_ms));
    assert_int_equal(tr_decay_value(tables, tr_decay_sum(a, tr_decay_negated(a)), now_ms), 0);
    assert_true(llabs(tr_decay_value(tables, tr_decay_negated(a), now_ms) +
                      tr_decay_value(tables, a, now_ms)) <= 1);
  }
}

/* ---- Crossing ---- */

static void expect_crossing(tr_decaying decaying, int64_t level, int64_t now_ms, int64_t last_ms) {
  bool above = tr_decay_value(tables, decaying, now_ms) >= level;
  int64_t by_scan = now_ms + 1;
  while (by_scan <= last_ms && (tr_decay_value(tables, decaying, by_scan) >= level) == above)
    by_scan++;
  int64_t found = tr_decay_crossing(tables, decaying, level, now_ms);
  if (by_scan > last_ms)
    assert_true(found > last_ms);
  else
    assert_int_equal(found, by_scan);
}

/* Every millisecond of eight half-lives of a minute. */
static void test_crossing_is_that_of_a_scan(void **state) {
  (void)state;
  static const int64_t levels[] = {1,           999999, 50 * POINT, 50 * POINT + 1, 100 * POINT,
                                   200 * POINT, 0,      -1,         -3 * POINT,     -50 * POINT};
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    expect_crossing(one_event(100 * POINT, 7, 60000), levels[i], 7, 7 + 8 * 60000);
    expect_crossing(one_event(-100 * POINT, 12345, 60000), levels[i], 12345, 12345 + 8 * 60000);
  }
}

/* For half-lives too long to scan: on this side a millisecond before, on the other side at it. */
static void test_crossing_is_the_first_millisecond(void **state) {
  (void)state;
  uint64_t random = SEED + 3;
  int crossed = 0;
  for (int round = 0; round < 500; round++) {
    int64_t halves_ms = between(&random, 60000, 1000 * DAY_MS), now_ms = INT64_C(1772452800000);
    int64_t points = between(&random, -1000 * POINT, 1000 * POINT);
    int64_t level = between(&random, -300 * POINT, 300 * POINT);
    tr_decaying decaying =
        one_event(points, now_ms - between(&random, 0, 3 * halves_ms), halves_ms);
    bool above = tr_decay_value(tables, decaying, now_ms) >= level;
    int64_t at_ms = tr_decay_crossing(tables, decaying, level, now_ms);
    if (at_ms == INT64_MAX) {
      for (int n = 1; n <= 64; n++) {
        assert_int_equal(tr_decay_value(tables, decaying, now_ms + n * halves_ms) >= level, above);
      }
      continue;
    }
    crossed++;
    assert_true(at_ms > now_ms);
    assert_int_equal(tr_decay_value(tables, decaying, at_ms - 1) >= level, above);
    assert_int_equal(tr_decay_value(tables, decaying, at_ms) >= level, !above);
  }
  assert_true(crossed > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_worth_is_that_of_the_table),
      cmocka_unit_test(test_whole_half_lives_are_exact),
      cmocka_unit_test(test_nothing_is_worth_nothing),
      cmocka_unit_test(test_order_does_not_matter),
      cmocka_unit_test(test_taking_an_event_away_leaves_no_trace),
      cmocka_unit_test(test_sum_of_two),
      cmocka_unit_test(test_crossing_is_that_of_a_scan),
      cmocka_unit_test(test_crossing_is_the_first_millisecond),
  };
  return cmocka_run_group_tests(tests, make_tables, drop_tables);
}

/* zone.c - target: the bytes of a zone. One that is taken must keep what zone.h promises, around
 * its transitions and all over the calendar. */
#include "engine/zone.h"

#include <assert.h>
#include <string.h>

#include "grammar/civil.h"
#include "tests/fuzz/targets.h"

enum { STEPS = 400 };

static void ask_at(const tr_zone *zone, int64_t utc_ms) {
  char text[TR_ZONE_TEXT_BYTES];
  tr_zone_span span = tr_zone_span_at(zone, utc_ms), reach = span;
  assert(span.from_ms <= utc_ms && utc_ms < span.until_ms);
  assert(span.offset_ms == INT64_C(1000) * tr_zone_offset_s(zone, utc_ms));
  int64_t local_ms = tr_zone_to_local(zone, utc_ms);
  assert(local_ms == utc_ms + span.offset_ms);
  int64_t first_ms = tr_zone_reach(zone, local_ms, &reach);
  assert(first_ms <= utc_ms && tr_zone_to_local(zone, first_ms) >= local_ms);
  assert(tr_zone_to_utc(zone, local_ms) <= utc_ms); /* the first of two */
  assert(tr_zone_text(zone, utc_ms, text) == strlen(text));
}

/* Along the transitions, a step before each and behind it. */
static void ask_along(const tr_zone *zone) {
  int64_t utc_ms = TR_TIME_MIN_MS;
  for (int i = 0; i < STEPS && utc_ms < TR_TIME_MAX_MS; i++) {
    ask_at(zone, utc_ms);
    tr_zone_span span = tr_zone_span_at(zone, utc_ms);
    if (span.until_ms > TR_TIME_MAX_MS) return;
    ask_at(zone, span.until_ms - 1);
    utc_ms = span.until_ms;
  }
}

static void ask_all_over(const tr_zone *zone) {
  int64_t step_ms = (TR_TIME_MAX_MS - TR_TIME_MIN_MS) / STEPS, before_ms = INT64_MIN;
  tr_zone_span span = tr_zone_span_at(zone, TR_TIME_MIN_MS);
  for (int64_t local_ms = TR_TIME_MIN_MS; local_ms <= TR_TIME_MAX_MS; local_ms += step_ms) {
    int64_t utc_ms = tr_zone_reach(zone, local_ms, &span);
    assert(utc_ms >= before_ms);
    before_ms = utc_ms;
    ask_at(zone, local_ms);
    tr_zone_day_start(zone, local_ms / 86400000);
  }
}

void fuzz_zone(const uint8_t *bytes, size_t length) {
  tr_memory memory = {0}; /* without a way out: when memory ends, so does the process */
  tr_arena arena;
  const char *why = NULL;
  tr_arena_init(&arena, &memory);
  const tr_zone *zone = tr_zone_new(&arena, "Fuzz/Zone", bytes, length, &why);
  assert(zone || why);
  if (zone) {
    ask_along(zone);
    ask_all_over(zone);
  }
  tr_memory_close(&memory);
}

/* test_points.c - the parts of a score add up to it, on random feeds: each part of an event is that
 * of an event which was sent, with the points that it carried. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#define NINE   INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define DAY    INT64_C(86400000)
#define ONE    INT64_C(1000000)
#define SEED   20260302u
#define FEEDS  40
#define EVENTS 60

static const char desk[] =
    "party marketing\n"
    "account { big flag }\n"
    "event view by buyer { points number }\n"
    "event told by others { big flag }\n"
    "on told { set account.big to event.big }\n"
    "score plain of account { on view add event.points }\n"
    "score short of account { expires after 10 days  on view add event.points }\n"
    "score ranged of account, from 0 to 50 { on view add event.points  when big add 15 }\n"
    "score floored of account, never below 0 { on view add event.points }\n"
    "score halving of account { halves every 5 days  on view add event.points }\n"
    "score both of account { halves every 5 days  expires after 7 days  on view add event.points "
    "}\n"
    "score limited of account { on view add event.points, at most 30 in 3 days }\n"
    "score frozen of account { halves every 5 days  frozen while big  on view add event.points }\n"
    "score silent of account { on view add event.points  loses 3 after 2 days without activity }\n"
    "stages { new owned by marketing, opened by (view)  lost owned by marketing, lost }\n"
    "agreement \"A\" version 1 between marketing in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to lost when all of (plain > 100000, short > 100000, ranged > 49, ranged < 0,\n"
    "    floored > 100000, halving > 100000, both > 100000, limited > 100000, frozen > 100000,\n"
    "    silent > 100000)\n"
    "}\n";

/* What was sent, by SEQ. */
typedef struct sent_points {
  int64_t time_ms;
  int64_t points; /* INT64_MIN: it carried none */
} sent_points;

typedef struct model {
  sent_points sent[EVENTS + 2];
  uint32_t count;
  int64_t now_ms;
} model;

static int64_t sum_of_sent(const model *model, int64_t after_ms) {
  int64_t sum = 0;
  for (uint32_t i = 1; i <= model->count; i++) {
    if (model->sent[i].points != INT64_MIN && model->sent[i].time_ms > after_ms)
      sum += model->sent[i].points;
  }
  return sum;
}

/* "28.01378" in millionths. */
static int64_t millionths(const char *text, char **end) {
  bool negative = *text == '-';
  long long whole = strtoll(text + negative, end, 10), rest = 0, unit = ONE;
  for (const char *digit = *end + 1; **end == '.' && *digit >= '0' && *digit <= '9'; digit++) {
    rest += (*digit - '0') * (unit /= 10);
    if (!(digit[1] >= '0' && digit[1] <= '9')) {
      *end = (char *)digit + 1;
      break;
    }
  }
  return negative ? -(whole * ONE + rest) : whole * ONE + rest;
}

static void check_event_part(const model *model, const char *score, const treaty_point *part) {
  if (part->seq == 0) {
    assert_string_equal(score, "silent");
    assert_int_equal(part->low, -3 * ONE);
    return;
  }
  assert_true(part->seq <= model->count);
  const sent_points *sent = &model->sent[part->seq];
  assert_true(sent->points != INT64_MIN);
  assert_int_equal(part->time_ms, sent->time_ms);
  bool cut = strcmp(score, "floored") == 0 || strcmp(score, "limited") == 0;
  if (!cut) assert_int_equal(part->low, sent->points);
  if (cut && sent->points < 0) assert_true(part->low >= sent->points);
}

static void check_score(const model *model, const treaty_because *score) {
  int64_t low = 0, high = 0, of_events = 0;
  bool halves = strcmp(score->name, "halving") == 0 || strcmp(score->name, "both") == 0 ||
                strcmp(score->name, "frozen") == 0;
  for (size_t i = 0; i < score->point_count; i++) {
    const treaty_point *part = &score->points[i];
    low += part->low;
    high += part->high;
    if (part->kind == TREATY_POINT_DECAY) assert_true(halves);
    if (part->kind == TREATY_POINT_RANGE) assert_string_equal(score->name, "ranged");
    if (part->kind != TREATY_POINT_EVENT) continue;
    of_events += part->low;
    check_event_part(model, score->name, part);
  }
  char *end;
  int64_t value = millionths(score->value, &end);
  assert_int_equal(low, value);
  assert_int_equal(high, strncmp(end, " to ", 4) == 0 ? millionths(end + 4, &end) : value);
  if (strcmp(score->name, "plain") == 0) assert_int_equal(of_events, sum_of_sent(model, INT64_MIN));
  if (strcmp(score->name, "ranged") == 0)
    assert_int_equal(of_events, sum_of_sent(model, INT64_MIN));
  if (strcmp(score->name, "short") == 0)
    assert_int_equal(of_events, sum_of_sent(model, model->now_ms - 10 * DAY));
  if (strcmp(score->name, "both") == 0)
    assert_int_equal(of_events, sum_of_sent(model, model->now_ms - 7 * DAY));
}

/* How many scores were looked at. */
static uint32_t check_condition(const model *model, const treaty_condition *condition) {
  uint32_t scores = 0;
  for (size_t i = 0; i < condition->fact_count; i++) {
    if (condition->facts[i].point_count == 0) continue;
    check_score(model, &condition->facts[i]);
    scores++;
  }
  for (size_t i = 0; i < condition->part_count; i++)
    scores += check_condition(model, &condition->parts[i]);
  return scores;
}

static uint32_t check_all(const model *model, treaty_engine *engine) {
  size_t count;
  const treaty_lead *leads = treaty_engine_account(engine, text_of("acme"), &count);
  if (count == 0) return 0;
  const treaty_outlook *outlook = treaty_engine_outlook(engine, &leads[0], &count);
  return count > 0 ? check_condition(model, &outlook[0].condition) : 0;
}

static uint32_t random_below(uint32_t *state, uint32_t end) {
  *state = *state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)*state * end) >> 32);
}

static void send(model *model, const treaty_program *program, treaty_engine *engine,
                 uint32_t *chance) {
  sent_event sent;
  treaty_refusal refusal;
  bool view = model->count == 0 || random_below(chance, 5) > 0;
  int64_t points = ((int64_t)random_below(chance, 60) - 20) * ONE;
  prepare_event(&sent, program, view ? "view" : "told", ++model->count, "acme", model->now_ms);
  set_integer(&sent, 0, view ? points : random_below(chance, 2));
  model->sent[model->count] =
      (sent_points){.time_ms = model->now_ms, .points = view ? points : INT64_MIN};
  assert_int_equal(treaty_engine_event(engine, &sent.event, model->now_ms, &refusal), TREATY_OK);
}

static void test_parts_add_up(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine_options options = {.keeps_points = true};
  uint32_t scores = 0;
  for (uint32_t run = 0; run < FEEDS; run++) {
    uint32_t chance = SEED + run;
    treaty_engine *engine;
    model model = {.now_ms = NINE};
    print_message("seed %u\n", chance);
    assert_int_equal(treaty_engine_new(program, &options, &engine), TREATY_OK);
    for (uint32_t i = 0; i < EVENTS; i++) {
      send(&model, program, engine, &chance);
      scores += check_all(&model, engine);
      model.now_ms += random_below(&chance, 4) == 0 ? random_below(&chance, (uint32_t)(4 * DAY))
                                                    : random_below(&chance, 7200000);
      assert_int_equal(treaty_engine_advance(engine, model.now_ms), TREATY_OK);
      scores += check_all(&model, engine);
    }
    treaty_engine_free(engine);
  }
  assert_true(scores > FEEDS * EVENTS * 10);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts_add_up)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

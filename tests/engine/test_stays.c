/* test_stays.c - the stage as it was decided at an instant, also of a lead with very many stays. */
#include "tests/engine/in_memory.h"

#include "engine/limits.h"
#include "engine/state.h"

#define NINE INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */

enum { FRESH, GOOD, COLD };

static const char desk[] =
    "party desk\n"
    "event ask by buyer\n"
    "event up by desk\n"
    "event down by desk\n"
    "event stop by desk\n"
    "define rounds of lead as times entered good\n"
    "stages { fresh owned by desk, opened by (ask)  good owned by desk  cold owned by desk }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move fresh to cold on down\n"
    "  move fresh, cold to good on up\n"
    "  move good to cold on down\n"
    "  move good to fresh on stop\n"
    "  move cold to fresh after 2 hours\n"
    "  move fresh, good to cold after 1000 days\n"
    "}\n";

typedef struct bench {
  treaty_program *program;
  treaty_engine *engine;
  uint32_t sent;
} bench;

static void set_up(bench *it) {
  *it = (bench){.program = load_good_text(desk)};
  assert_int_equal(treaty_engine_new(it->program, NULL, &it->engine), TREATY_OK);
}

static void tear_down(bench *it) {
  treaty_engine_free(it->engine);
  treaty_program_free(it->program);
}

static void send(bench *it, const char *type, int64_t time_ms) {
  sent_event sent;
  treaty_refusal refusal;
  prepare_event(&sent, it->program, type, ++it->sent, "acme", time_ms);
  assert_int_equal(treaty_engine_event(it->engine, &sent.event, time_ms, &refusal), TREATY_OK);
}

static const tr_lead *lead_of(const bench *it) { return it->engine->accounts[0]->leads; }

static void test_the_stage_at_an_instant(void **state) {
  (void)state;
  bench it;
  set_up(&it);
  send(&it, "ask", NINE);      /* 1: opens */
  send(&it, "up", NINE + 5);   /* 2 */
  send(&it, "down", NINE + 5); /* 3, at the same instant */
  send(&it, "ask", NINE + 7200006);
  const tr_lead *lead = lead_of(&it);
  uint32_t count;
  assert_int_equal(tr_lead_stays(lead, &count)[0].stage, FRESH);
  assert_int_equal(count, 4);
  assert_int_equal(tr_lead_stage_at(lead, NINE - 1, 9), TR_NONE);
  assert_int_equal(tr_lead_stage_at(lead, NINE, 1), TR_NONE); /* the event that opened it */
  assert_int_equal(tr_lead_stage_at(lead, NINE, 2), FRESH);
  assert_int_equal(tr_lead_stage_at(lead, NINE + 5, 2), FRESH); /* the event that moved it */
  assert_int_equal(tr_lead_stage_at(lead, NINE + 5, 3), GOOD);
  assert_int_equal(tr_lead_stage_at(lead, NINE + 5, 4), COLD);
  assert_int_equal(tr_lead_stage_at(lead, NINE + 7200005, 3), COLD); /* time comes after events */
  assert_int_equal(tr_lead_stage_at(lead, NINE + 7200006, 4), FRESH);
  tear_down(&it);
}

static void test_of_very_many_stays_the_counts_go_on(void **state) {
  (void)state;
  bench it;
  int64_t time_ms = NINE;
  set_up(&it);
  send(&it, "ask", time_ms);
  for (uint32_t i = 0; i < TR_STAYS_MAX; i++) send(&it, i % 2 ? "down" : "up", ++time_ms);
  const tr_lead *lead = lead_of(&it);
  uint32_t count;
  const tr_stay *stays = tr_lead_stays(lead, &count);
  assert_true(count < TR_STAYS_MAX);
  assert_int_equal(stays[0].stage, FRESH); /* still the latest there */
  assert_int_equal(stays[0].times, 1);
  assert_int_equal(stays[count - 1].times, (TR_STAYS_MAX + 1) / 2);
  assert_int_equal(lead->before.stays, count); /* the next step begins from there */
  send(&it, "stop", ++time_ms);
  stays = tr_lead_stays(lead, &count);
  assert_int_equal(stays[count - 1].times, 2);
  assert_int_equal(tr_lead_stage_at(lead, time_ms, it.sent), GOOD);
  tear_down(&it);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_stage_at_an_instant),
      cmocka_unit_test(test_of_very_many_stays_the_counts_go_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

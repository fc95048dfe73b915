/* test_poll.c - where many leads of an account ask about each other, each is asked once for all;
 * what is decided is the same as if each asked each. */
#include "tests/engine/sent_feed.h"

#include <stdlib.h>

#include "engine/state.h"

#define SEED   20260302u
#define EVENTS 400
#define LEADS  40 /* more than are looked at one by one */

/* Conditions over other leads, of facts, stages, scores that fade and are reset while all are
 * looked at, of what each asks of its own. */
static const char desk[] =
    "party marketing\n"
    "party sales\n"
    "person { rank number }\n"
    "lead { size number }\n"
    "event ask by buyer { size number }\n"
    "event see by buyer { size number }\n"
    "event call by sales { size number }\n"
    "on ask { set lead.size to event.size }\n"
    "on see { set person.rank to event.size }\n"
    "score heat of lead { halves every 1 hour  on ask add 10  on see add 3\n"
    "                     on entering good reset to 5 }\n"
    "score warm of account { on see add 1  on entering sal reset }\n"
    "criterion hot met when heat >= 20\n"
    "criterion alone met when no_other\n"
    "define no_other of lead as none of (any other lead of account has (hot),\n"
    "                                    any other lead of account has (size > lead.size))\n"
    "stages {\n"
    "  new  owned by marketing, opened by (ask)\n"
    "  good owned by marketing\n"
    "  sal  owned by sales\n"
    "  kept owned by sales, won\n"
    "  lost owned by marketing, lost\n"
    "}\n"
    "agreement \"A\" version 1 between marketing and sales in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  promote new to good when alone or\n"
    "    (lead.size >= 80 and count of other leads of account with (stage = good) < 3)\n"
    "  move good to sal when sum of heat of other leads of account >= 30\n"
    "                    and max of size of leads of account >= 90\n"
    "  move sal to new when every other lead of account has (not stage = sal or size < lead.size)\n"
    "  move good to new when min of heat of other leads of account < 1 and warm >= 8\n"
    "  move sal to kept on call\n"
    "  move good to lost after 40 days\n"
    "  move new to lost after 20 days\n"
    "  move sal to lost after 90 days\n"
    "}\n";

static const char crowd[] =
    "party marketing\n"
    "lead { size number }\n"
    "event ask by buyer { size number }\n"
    "on ask { set lead.size to event.size }\n"
    "stages { new owned by marketing, opened by (ask)  lost owned by marketing, lost }\n"
    "agreement \"A\" version 1 between marketing in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to lost when sum of size of other leads of account >= 1000000\n"
    "  move new to lost after 90 days\n"
    "}\n";

/* A hash of all that was decided. */
static uint64_t hash_decisions(treaty_engine *engine, uint64_t before) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  for (size_t i = 0; i < count; i++) {
    const treaty_decision *decision = &decisions[i];
    uint64_t said[] = {before,
                       decision->seq,
                       decision->n,
                       (uint64_t)decision->kind,
                       (uint64_t)decision->time_ms,
                       decision->lead.length};
    before = tr_hash_content(said, sizeof said);
    if (decision->lead.bytes)
      before ^= tr_hash_content(decision->lead.bytes, decision->lead.length);
    if (decision->to) before ^= tr_hash_content(decision->to, strlen(decision->to));
  }
  return before;
}

/* By anybody, to any of so many leads. */
static void send_any(feed *feed, const char *type, uint32_t leads) {
  static const char *const people[] = {"ann", "bob", "cid", "dan"};
  char lead[12];
  snprintf(lead, sizeof lead, "L%u", (uint32_t)rand() % leads);
  send(feed, type, "acme", people[rand() % 4], lead, rand() % 100);
}

static uint64_t decided(const treaty_program *program, uint32_t seed, bool never) {
  static const char *const types[] = {"ask", "ask", "ask", "see", "see", "call"};
  feed feed = open_feed(program);
  uint64_t hash = 0;
  feed.engine->polls.never = never;
  srand(seed);
  for (uint32_t i = 1; i <= EVENTS; i++) {
    feed.clock_ms += rand() % 3 * (rand() % (200 * MINUTE));
    send_any(&feed, types[rand() % 6], LEADS);
    hash = hash_decisions(feed.engine, hash);
  }
  assert_int_equal(feed.engine->polls.asked > 0, !never);
  treaty_engine_free(feed.engine);
  return hash;
}

static void test_decides_alike(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  for (uint32_t i = 0; i < 6; i++)
    assert_true(decided(program, SEED + i, true) == decided(program, SEED + i, false));
  treaty_program_free(program);
}

/* Each event changes what all ask for: all are asked once, not once by each. */
static void test_asks_once(void **state) {
  (void)state;
  treaty_program *program = load_good_text(crowd);
  feed feed = open_feed(program);
  srand(SEED);
  for (uint32_t i = 1; i <= EVENTS; i++) {
    feed.clock_ms += MINUTE;
    send_any(&feed, "ask", 4 * LEADS);
  }
  assert_true(feed.engine->lead_count > 2 * LEADS);
  assert_true(feed.engine->polls.asked > EVENTS * LEADS);
  assert_true(feed.engine->polls.asked <= EVENTS * 2 * feed.engine->lead_count);
  treaty_engine_free(feed.engine);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_decides_alike),
      cmocka_unit_test(test_asks_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

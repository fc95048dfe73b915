/* test_recount.c - a late event is put in its place with the work that its lateness costs, not that
 * of its account's whole history; what is decided does not depend on what is kept for that. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#include "engine/state.h"

#define NINE     INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define MINUTE   INT64_C(60000)
#define SEED     20260302u
#define EVENTS   4000
#define JITTER   20 /* so many events may come before one that is earlier */
#define ACCOUNTS 3

/* Points and signals that depend on the order of events. */
static const char desk[] =
    "party marketing\n"
    "lead { size number }\n"
    "event ask by buyer { size number }\n"
    "event see by buyer { size number }\n"
    "event call by marketing { size number }\n"
    "on ask { set lead.size to event.size }\n"
    "signal busy of account when count of see in last 3 hours >= 4 begins\n"
    "signal chain on call within 1 hour after ask by the same lead\n"
    "signal quiet of person when no see for 5 hours\n"
    "score heat of lead { halves every 1 day  on see add lead.size  on busy add 20\n"
    "                     on chain add 30, once in 2 days  on quiet reset }\n"
    "score calm of person { on quiet add 5  on busy reset to 1 }\n"
    "criterion hot met when heat >= 150\n"
    "criterion still met when any member has (calm >= 10)\n"
    "stages { new owned by marketing, opened by (ask)  good owned by marketing\n"
    "         lost owned by marketing, lost }\n"
    "agreement \"A\" version 1 between marketing in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to good when hot\n"
    "  move good to new when still\n"
    "  move good to lost after 90 days\n"
    "}\n";

typedef struct feed {
  const treaty_program *program;
  treaty_engine *engine;
  sent_event *sent; /* in order of time */
  uint32_t *order;  /* in which they come */
  uint64_t decided; /* a hash of all decisions */
} feed;

static bool sent_again(void *context, uint64_t place, const treaty_event **event) {
  *event = &((feed *)context)->sent[place].event;
  return true;
}

static void open_feed(feed *feed, const treaty_program *program, uint32_t count,
                      uint32_t accounts) {
  static const char *const types[] = {"see", "ask", "call"};
  static const char *const ids[ACCOUNTS] = {"acme", "bolt", "cork"};
  static const char *const people[] = {"ann", "bob"};
  treaty_engine_options options = {.future_skew_ms = -1,
                                   .history = {.event = sent_again, .context = feed}};
  int64_t time_ms = NINE;
  *feed = (struct feed){.program = program};
  feed->sent = calloc(count, sizeof *feed->sent);
  feed->order = calloc(count, sizeof *feed->order);
  for (uint32_t i = 0; i < count; i++) {
    time_ms += rand() % (90 * MINUTE);
    prepare_event(&feed->sent[i], program, types[rand() % 8 < 6 ? 0 : 1 + rand() % 2], i + 1,
                  ids[rand() % accounts], time_ms);
    feed->sent[i].event.person = text_of(people[rand() % 2]);
    feed->sent[i].event.place = i;
    feed->sent[i].event.values = feed->sent[i].values;
    set_integer(&feed->sent[i], 0, rand() % 30 * 1000000);
    feed->order[i] = i;
  }
  assert_int_equal(treaty_engine_new(program, &options, &feed->engine), TREATY_OK);
}

static void close_feed(feed *feed) {
  treaty_engine_free(feed->engine);
  free(feed->sent);
  free(feed->order);
}

/* One in three comes behind some that are later. */
static void disturb(feed *feed, uint32_t count) {
  for (uint32_t i = 0; i + JITTER < count; i++) {
    uint32_t late = feed->order[i], by = 1 + (uint32_t)rand() % JITTER;
    if (rand() % 3 > 0) continue;
    memmove(feed->order + i, feed->order + i + 1, sizeof late * by);
    feed->order[i + by] = late;
  }
}

static void hash_decisions(feed *feed) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(feed->engine, &count);
  for (size_t i = 0; i < count; i++) {
    const treaty_decision *decision = &decisions[i];
    uint64_t said[] = {feed->decided, decision->seq, decision->n, (uint64_t)decision->kind,
                       (uint64_t)decision->time_ms};
    feed->decided = tr_hash_content(said, sizeof said);
    if (decision->to) feed->decided ^= tr_hash_content(decision->to, strlen(decision->to));
  }
}

static void run_feed(feed *feed, uint32_t count) {
  int64_t clock_ms = 0;
  for (uint32_t i = 0; i < count; i++) {
    treaty_refusal refusal;
    const treaty_event *event = &feed->sent[feed->order[i]].event;
    if (event->time_ms > clock_ms) clock_ms = event->time_ms;
    assert_int_equal(treaty_engine_event(feed->engine, event, clock_ms, &refusal), TREATY_OK);
    hash_decisions(feed);
  }
}

static uint64_t recounted(const treaty_program *program, uint32_t count) {
  feed feed;
  srand(SEED);
  open_feed(&feed, program, count, 1);
  disturb(&feed, count);
  run_feed(&feed, count);
  uint64_t events = feed.engine->recounted;
  close_feed(&feed);
  return events;
}

/* Late events go back by JITTER, and by as much again at most to what is kept. */
static void test_costs_its_lateness(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  uint64_t few = recounted(program, EVENTS / 4), many = recounted(program, EVENTS);
  assert_true(few > EVENTS / 4);
  assert_true(many <= EVENTS / 3 * (2 * JITTER + 16));
  assert_true(many < 5 * few);
  treaty_program_free(program);
}

static void test_in_order_keeps_nothing(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  feed feed;
  srand(SEED);
  open_feed(&feed, program, EVENTS, ACCOUNTS);
  run_feed(&feed, EVENTS);
  assert_int_equal(feed.engine->recounted, 0);
  assert_int_equal(feed.engine->snapshots.bytes, 0);
  assert_null(feed.engine->snapshots.of);
  close_feed(&feed);
  treaty_program_free(program);
}

/* What was decided where snapshots lie so close, and take so many bytes. */
static uint64_t decided(const treaty_program *program, uint32_t every, size_t bytes_max) {
  feed feed;
  srand(SEED);
  open_feed(&feed, program, EVENTS / 4, ACCOUNTS);
  disturb(&feed, EVENTS / 4);
  feed.engine->snapshots.every = every;
  feed.engine->snapshots.bytes_max = bytes_max;
  run_feed(&feed, EVENTS / 4);
  assert_true(feed.engine->snapshots.bytes <= bytes_max);
  assert_int_equal(feed.engine->snapshots.bytes > 0, bytes_max > 0);
  uint64_t hash = feed.decided;
  close_feed(&feed);
  return hash;
}

static void test_decides_alike(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  uint64_t without = decided(program, 1, 0);
  assert_true(without != 0);
  assert_true(decided(program, 1, SIZE_MAX) == without);
  assert_true(decided(program, 16, SIZE_MAX) == without);
  assert_true(decided(program, 1, 20000) == without);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_costs_its_lateness),
      cmocka_unit_test(test_in_order_keeps_nothing),
      cmocka_unit_test(test_decides_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

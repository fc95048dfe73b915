/* test_many.c - an account of many leads and persons decides like one of few, and the work of an
 * event does not grow with them. */
#include "tests/engine/sent_feed.h"

#include <stdlib.h>
#include <time.h>

#define DAY  (24 * 60 * MINUTE)
#define SEED 20260302u
#define MANY 60 /* more than are looked at one by one */

static const char desk[] =
    "party marketing\n"
    "party sales\n"
    "account { country text }\n"
    "person { rank number }\n"
    "lead { size number }\n"
    "event ask by buyer { size number }\n"
    "event see by buyer\n"
    "event rise by buyer { rank number }\n"
    "event move_to by others { country text }\n"
    "event yes by sales\n"
    "event won by sales\n"
    "on ask { set lead.size to event.size }\n"
    "on rise { set person.rank to event.rank }\n"
    "on move_to { set account.country to event.country }\n"
    "stages {\n"
    "  new  owned by marketing, opened by (ask)\n"
    "  good owned by marketing\n"
    "  sal  owned by sales\n"
    "  kept owned by sales, won\n"
    "  lost owned by marketing, lost\n"
    "}\n"
    "agreement \"A\" version 1 between marketing and sales in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  promote new to good when lead.size >= 50 or any member has (rank >= 3)\n"
    "  hand good from marketing to sales\n"
    "    accepted by yes to sal\n"
    "    respond within 1 hour around the clock { at 50% remind sales }\n"
    "  move new to lost after 2 days\n"
    "  move new to lost when account.country = \"XX\"\n"
    "  move sal to kept on won\n"
    "  move sal to lost after 5 days\n"
    "}\n";

static const char *number_text(char text[12], char letter, uint32_t number) {
  snprintf(text, 12, "%c%03u", letter, number);
  return text;
}

/* The leads that a call let change their stage, in the order of its decisions. */
static const char *moved(feed *feed, char *text, size_t room) {
  size_t count, used = 0;
  const treaty_decision *decisions = treaty_engine_decisions(feed->engine, &count);
  text[0] = '\0';
  for (size_t i = 0; i < count; i++) {
    if (decisions[i].kind != TREATY_LEAD_STAGE_CHANGED) continue;
    used += (size_t)snprintf(text + used, room - used, "%s%.*s", used ? " " : "",
                             (int)decisions[i].lead.length, decisions[i].lead.bytes);
    assert_true(used < room);
  }
  return text;
}

/* ---- Like few -------------------------------------------------------------------------------- */

/* What both have decided on one call. */
static void compare_calls(feed *together, feed *apart) {
  size_t count, other_count;
  const treaty_decision *one = treaty_engine_decisions(together->engine, &count),
                        *other = treaty_engine_decisions(apart->engine, &other_count);
  assert_int_equal(count, other_count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(one[i].kind, other[i].kind);
    assert_int_equal(one[i].time_ms, other[i].time_ms);
    assert_int_equal(one[i].lead.length, other[i].lead.length);
    if (one[i].lead.length)
      assert_memory_equal(one[i].lead.bytes, other[i].lead.bytes, one[i].lead.length);
  }
}

/* The same leads, once all of one account, once each of an account of its own. They are opened in
 * the order of their names, so that at one instant both come in the same order. */
static void test_together_as_apart(void **state) {
  (void)state;
  static const char *const types[] = {"ask", "see", "rise", "yes", "won"};
  treaty_program *program = load_good_text(desk);
  feed together = open_feed(program), apart = open_feed(program);
  uint32_t opened = 0;
  print_message("seed %u\n", SEED);
  srand(SEED);
  for (int i = 0; i < 3000; i++) {
    const char *type = types[(size_t)rand() % (sizeof types / sizeof *types)];
    bool opens = strcmp(type, "ask") == 0 && opened < 2 * MANY;
    char lead[12], person[12], account[12];
    uint32_t which = opens ? opened++ : (uint32_t)rand() % (opened + !opened);
    number_text(lead, 'l', which);
    number_text(person, 'p', which); /* each lead has its own: a person knows one account */
    number_text(account, 'a', which);
    int64_t value = strcmp(type, "rise") == 0 ? rand() % 5 : opens ? rand() % 100 : -1;
    together.clock_ms = apart.clock_ms += (rand() % 3) * 10 * MINUTE;
    send(&together, type, "acme", person, lead, value);
    send(&apart, type, account, person, lead, value);
    compare_calls(&together, &apart);
  }
  assert_int_equal(treaty_engine_counts(together.engine).leads, 2 * MANY);
  assert_int_equal(treaty_engine_counts(together.engine).open_leads,
                   treaty_engine_counts(apart.engine).open_leads);
  treaty_engine_free(together.engine);
  treaty_engine_free(apart.engine);
  treaty_program_free(program);
}

static void open_many(feed *feed) {
  for (uint32_t i = 0; i < MANY; i++) {
    char lead[12], person[12];
    feed->clock_ms += MINUTE;
    send(feed, "ask", "acme", number_text(person, 'p', i % 20), number_text(lead, 'l', i), 10);
  }
}

static void test_what_concerns_many_reaches_them(void **state) {
  (void)state;
  char text[1000];
  sent_event sent;
  treaty_refusal refusal;
  treaty_program *program = load_good_text(desk);
  feed feed = open_feed(program);
  open_many(&feed);
  send(&feed, "rise", "acme", "p007", "l001", 3); /* of three leads, and now of one more */
  assert_string_equal(moved(&feed, text, sizeof text), "l001 l007 l027 l047");
  feed.clock_ms += MINUTE;
  send(&feed, "see", "acme", NULL, "l030", -1);
  send(&feed, "ask", "acme", NULL, NULL, 90); /* goes to the one heard of last */
  assert_string_equal(moved(&feed, text, sizeof text), "l030");
  prepare_event(&sent, program, "move_to", ++feed.sent, "acme", feed.clock_ms);
  set_text(&sent, 0, "XX");
  assert_int_equal(treaty_engine_event(feed.engine, &sent.event, feed.clock_ms, &refusal),
                   TREATY_OK);
  assert_int_equal(treaty_engine_counts(feed.engine).open_leads, 5);
  send(&feed, "ask", "acme", NULL, NULL, 90); /* of those that are open */
  treaty_text id = {0};
  size_t count;
  const treaty_lead *leads = treaty_engine_account(feed.engine, text_of("acme"), &count);
  assert_int_equal(count, MANY);
  for (size_t i = 0; i < count; i++)
    if (!leads[i].closed) id = leads[i].id;
  assert_memory_equal(id.bytes, "l047", 4);
  treaty_engine_free(feed.engine);
  treaty_program_free(program);
}

static void test_many_are_due_in_their_order(void **state) {
  (void)state;
  char text[1000], expected[1000] = "", lead[12];
  treaty_program *program = load_good_text(desk);
  feed feed = open_feed(program);
  for (uint32_t i = 0; i < MANY; i++)
    send(&feed, "ask", "acme", NULL, number_text(lead, 'l', (i * 7) % MANY), 10);
  for (uint32_t i = 0; i < MANY; i++) {
    if (i) strcat(expected, " ");
    strcat(expected, number_text(lead, 'l', (i * 7) % MANY));
  }
  assert_int_equal(treaty_engine_next_ms(feed.engine), NINE + 2 * DAY);
  assert_int_equal(treaty_engine_advance(feed.engine, NINE + 2 * DAY), TREATY_OK);
  assert_string_equal(moved(&feed, text, sizeof text), expected);
  assert_int_equal(treaty_engine_next_ms(feed.engine), TREATY_NEVER);
  treaty_engine_free(feed.engine);
  treaty_program_free(program);
}

/* ---- In time --------------------------------------------------------------------------------- */

typedef void fill(feed *feed, uint32_t count);

static void fill_with_leads(feed *feed, uint32_t count) {
  char lead[12], person[12];
  for (uint32_t i = 0; i < count; i++) {
    feed->clock_ms += 1000;
    send(feed, "ask", "acme", number_text(person, 'p', i), number_text(lead, 'l', i), 90);
  }
  for (uint32_t i = 0; i < count; i++) send(feed, "yes", "acme", NULL, NULL, -1);
}

static void fill_with_persons(feed *feed, uint32_t count) {
  char person[12];
  send(feed, "ask", "acme", NULL, "l", 90);
  for (uint32_t i = 0; i < count; i++)
    send(feed, "rise", "acme", number_text(person, 'p', i), "l", 1);
}

/* Nobody decides the quantifiers of `desk`: each is asked, and would be at every event. */
static void fill_with_undecided(feed *feed, uint32_t count) {
  char person[12];
  send(feed, "ask", "acme", NULL, "l", 10);
  for (uint32_t i = 0; i < count; i++) {
    feed->clock_ms += 1000;
    send(feed, "rise", "acme", number_text(person, 'p', i), "l", 1);
  }
}

static double seconds_of(const treaty_program *program, fill *fill, uint32_t count) {
  feed feed = open_feed(program);
  clock_t begun = clock();
  fill(&feed, count);
  double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
  treaty_engine_free(feed.engine);
  return seconds;
}

/* Eight times as many take eight times as long, and would take 64 if each event looked at all. */
static void expect_linear(fill *fill) {
  treaty_program *program = load_good_text(desk);
  double few = seconds_of(program, fill, 1000), many = seconds_of(program, fill, 8000);
  print_message("%.3f s, of eight times as many %.3f s\n", few, many);
  assert_true(many < 24 * few);
  treaty_program_free(program);
}

static void test_time_grows_with_leads(void **state) {
  (void)state;
  expect_linear(fill_with_leads);
}

static void test_time_grows_with_persons(void **state) {
  (void)state;
  expect_linear(fill_with_persons);
}

static void test_time_grows_with_undecided_persons(void **state) {
  (void)state;
  expect_linear(fill_with_undecided);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_together_as_apart),
      cmocka_unit_test(test_what_concerns_many_reaches_them),
      cmocka_unit_test(test_many_are_due_in_their_order),
      cmocka_unit_test(test_time_grows_with_leads),
      cmocka_unit_test(test_time_grows_with_persons),
      cmocka_unit_test(test_time_grows_with_undecided_persons),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

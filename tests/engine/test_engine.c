/* test_engine.c - what an embedder relies on: repeats, refusals, numbers of events and decisions,
 * the order of time and events at one instant, and that the same calls give the same decisions. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#define NINE   INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define SEED   20260301u

static const char desk[] =
    "party marketing\n"
    "party sales\n"
    "account { country text }\n"
    "lead { size number }\n"
    "event ask by buyer { size number, email text }\n"
    "event yes by sales\n"
    "event stay by marketing\n"
    "bind account by domain of event.email\n"
    "on ask { set lead.size to event.size }\n"
    "score heat of account { halves every 3 days  on ask add 10, at most 25 in 1 day }\n"
    "criterion hot met when heat >= 15\n"
    "stages {\n"
    "  new  owned by marketing, opened by (ask)\n"
    "  good owned by marketing\n"
    "  sal  owned by sales\n"
    "  kept owned by marketing, won\n"
    "  lost owned by marketing, lost\n"
    "}\n"
    "agreement \"A\" version 1 between marketing and sales in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  promote new to good when lead.size >= 100 or hot\n"
    "  hand good from marketing to sales\n"
    "    accepted by yes to sal\n"
    "    respond within 1 hour around the clock { at 50% remind sales  at 100% return to lost }\n"
    "  move new to lost after 2 days\n"
    "  move new to kept on stay\n"
    "  move sal to lost after 5 days\n"
    "}\n";

static treaty_engine *new_engine(const treaty_program *program,
                                 const treaty_engine_options *options) {
  treaty_engine *engine;
  assert_int_equal(treaty_engine_new(program, options, &engine), TREATY_OK);
  return engine;
}

static treaty_status send(treaty_engine *engine, const sent_event *sent, int64_t clock_ms,
                          treaty_refusal *refusal) {
  treaty_refusal own;
  return treaty_engine_event(engine, &sent->event, clock_ms, refusal ? refusal : &own);
}

/* The decisions of the last call as "opened changed …", each with its id. */
static const char *decided(treaty_engine *engine, char *text, size_t room) {
  size_t count, used = 0;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  text[0] = '\0';
  for (size_t i = 0; i < count; i++) {
    used += (size_t)snprintf(text + used, room - used, "%s%s@%llu.%u", i ? " " : "",
                             treaty_decision_type(decisions[i].kind) + strlen("treaty."),
                             (unsigned long long)decisions[i].seq, decisions[i].n);
    assert_true(used < room);
  }
  return text;
}

#define EXPECT_DECIDED(engine, expected)                                 \
  do {                                                                   \
    char found[2000];                                                    \
    assert_string_equal(decided(engine, found, sizeof found), expected); \
  } while (0)

/* ---- Repeats and refusals ---- */

static void test_a_repeat_changes_nothing(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  sent_event ask;
  prepare_event(&ask, program, "ask", 1, "acme", NINE);
  assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_OK);
  EXPECT_DECIDED(engine, "lead.opened@1.1 criterion.changed@1.2");
  size_t bytes = treaty_engine_bytes(engine);
  for (int again = 0; again < 3; again++) {
    assert_int_equal(send(engine, &ask, NINE + again * HOUR, NULL), TREATY_REPEATED);
    EXPECT_DECIDED(engine, "");
    assert_int_equal(treaty_engine_seq(engine), 1);
    assert_int_equal(treaty_engine_bytes(engine), bytes);
  }
  ask.event.source = text_of("/other"); /* the same id of another source is another event */
  assert_int_equal(send(engine, &ask, NINE + 3 * HOUR, NULL), TREATY_OK);
  assert_int_equal(treaty_engine_seq(engine), 2);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

static void test_an_id_used_twice_is_refused(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  treaty_refusal refusal = {0};
  sent_event ask;
  prepare_event(&ask, program, "ask", 1, "acme", NINE);
  assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_OK);
  ask.event.content_hash++;
  assert_int_equal(send(engine, &ask, NINE, &refusal), TREATY_REFUSED);
  assert_int_equal(refusal.code, TREATY_ID_REUSED);
  assert_string_equal(treaty_refusal_word(refusal.code), "id_reused");
  assert_true(strlen(refusal.reason) > 0);
  EXPECT_DECIDED(engine, "");
  assert_int_equal(treaty_engine_seq(engine), 1);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

static void test_the_future_is_refused(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  static const struct {
    int64_t skew_ms, ahead_ms; /* skew -2: no options */
    treaty_status expected;
  } rows[] = {
      {-2, 5 * MINUTE, TREATY_OK}, {-2, 5 * MINUTE + 1, TREATY_REFUSED},
      {0, 0, TREATY_OK},           {0, 1, TREATY_REFUSED},
      {HOUR, HOUR, TREATY_OK},     {HOUR, HOUR + 1, TREATY_REFUSED},
      {-1, 1000 * DAY, TREATY_OK},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    treaty_engine_options options = {.future_skew_ms = rows[i].skew_ms};
    treaty_engine *engine = new_engine(program, rows[i].skew_ms == -2 ? NULL : &options);
    treaty_refusal refusal = {0};
    sent_event ask;
    prepare_event(&ask, program, "ask", 1, "acme", NINE + rows[i].ahead_ms);
    assert_int_equal(send(engine, &ask, NINE, &refusal), rows[i].expected);
    assert_int_equal(refusal.code,
                     rows[i].expected == TREATY_OK ? TREATY_NOT_REFUSED : TREATY_FUTURE_TIME);
    assert_int_equal(treaty_engine_seq(engine), rows[i].expected == TREATY_OK);
    treaty_engine_free(engine);
  }
  treaty_program_free(program);
}

static void test_an_account_is_told_or_the_event_refused(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  treaty_refusal refusal = {0};
  sent_event ask;
  prepare_event(&ask, program, "ask", 1, NULL, NINE);
  assert_int_equal(send(engine, &ask, NINE, &refusal), TREATY_REFUSED);
  assert_int_equal(refusal.code, TREATY_NO_ACCOUNT);
  assert_int_equal(treaty_engine_counts(engine).accounts, 0);
  set_text(&ask, 1, "Anna@Acme.Example"); /* refused before, so the id is free */
  assert_int_equal(send(engine, &ask, NINE, &refusal), TREATY_OK);
  size_t count;
  treaty_engine_account(engine, text_of("acme.example"), &count);
  assert_int_equal(count, 1);
  treaty_engine_account(engine, text_of("Acme.Example"), &count);
  assert_int_equal(count, 0);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

static void test_ids_have_a_length(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  char *longest = malloc(1026);
  assert_non_null(longest);
  memset(longest, 'x', 1025);
  longest[1025] = '\0';
  for (int part = 0; part < 5; part++) {
    for (size_t length = 1024; length <= 1025; length++) {
      treaty_engine *engine = new_engine(program, NULL);
      treaty_refusal refusal = {0};
      sent_event ask;
      prepare_event(&ask, program, "ask", 1, "acme", NINE);
      treaty_text *parts[] = {&ask.event.source, &ask.event.id, &ask.event.account,
                              &ask.event.person, &ask.event.lead};
      *parts[part] = (treaty_text){longest, length};
      assert_int_equal(send(engine, &ask, NINE, &refusal),
                       length == 1024 ? TREATY_OK : TREATY_REFUSED);
      assert_int_equal(refusal.code, length == 1024 ? TREATY_NOT_REFUSED : TREATY_ID_TOO_LONG);
      treaty_engine_free(engine);
    }
  }
  free(longest);
  treaty_program_free(program);
}

/* ---- Numbers ---- */

static void test_decisions_are_numbered_after_their_event(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  sent_event ask;
  assert_int_equal(treaty_engine_seq(engine), 0);
  assert_true(treaty_engine_next_ms(engine) == TREATY_NEVER);
  prepare_event(&ask, program, "ask", 1, "acme", NINE);
  set_integer(&ask, 0, 100 * INT64_C(1000000));
  assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_OK);
  EXPECT_DECIDED(
      engine, "lead.opened@1.1 criterion.changed@1.2 lead.stage_changed@1.3 handover.offered@1.4");
  prepare_event(&ask, program, "ask", 2, "other", NINE);
  assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_OK);
  EXPECT_DECIDED(engine, "lead.opened@2.1 criterion.changed@2.2");
  /* What time brings is numbered on behind the last event, over several calls. */
  assert_int_equal(treaty_engine_advance(engine, NINE + 30 * MINUTE), TREATY_OK);
  EXPECT_DECIDED(engine, "handover.reminded@2.3");
  assert_int_equal(treaty_engine_advance(engine, NINE + HOUR), TREATY_OK);
  EXPECT_DECIDED(
      engine, "handover.breached@2.4 handover.returned@2.5 lead.stage_changed@2.6 lead.closed@2.7");
  assert_int_equal(treaty_engine_advance(engine, NINE + 2 * HOUR), TREATY_OK);
  EXPECT_DECIDED(engine, "");
  prepare_event(&ask, program, "ask", 3, "other", NINE + 2 * HOUR);
  assert_int_equal(send(engine, &ask, NINE + 2 * HOUR, NULL), TREATY_OK);
  assert_int_equal(treaty_engine_seq(engine), 3);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

static void test_counts(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  sent_event event;
  for (uint32_t i = 0; i < 6; i++) {
    prepare_event(&event, program, "ask", i, i % 2 ? "acme" : "other", NINE);
    event.event.person = text_of(i < 4 ? "anna" : "ben");
    assert_int_equal(send(engine, &event, NINE, NULL), TREATY_OK);
  }
  treaty_counts counts = treaty_engine_counts(engine);
  assert_int_equal(counts.accounts, 2);
  assert_int_equal(counts.persons, 4);
  assert_int_equal(counts.leads, 2);
  assert_int_equal(counts.open_leads, 2);
  assert_int_equal(treaty_engine_advance(engine, NINE + 9 * DAY), TREATY_OK);
  assert_int_equal(treaty_engine_counts(engine).leads, 2);
  assert_int_equal(treaty_engine_counts(engine).open_leads, 0);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

/* ---- Time ---- */

/* `advance` decides what falls due up to and with an instant; an event what falls due before its
 * clock. */
static void test_time_and_events_at_one_instant(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  for (int advanced = 0; advanced < 2; advanced++) {
    treaty_engine *engine = new_engine(program, NULL);
    sent_event event;
    prepare_event(&event, program, "ask", 1, "acme", NINE);
    assert_int_equal(send(engine, &event, NINE, NULL), TREATY_OK);
    assert_true(treaty_engine_next_ms(engine) <= NINE + 2 * DAY);
    if (advanced) {
      assert_int_equal(treaty_engine_advance(engine, NINE + 2 * DAY), TREATY_OK);
      EXPECT_DECIDED(engine, "lead.stage_changed@1.3 lead.closed@1.4");
    }
    prepare_event(&event, program, "stay", 2, "acme", NINE + 2 * DAY);
    assert_int_equal(send(engine, &event, NINE + 2 * DAY, NULL), TREATY_OK);
    EXPECT_DECIDED(engine,
                   advanced ? "event.unbound@2.1" : "lead.stage_changed@2.1 lead.closed@2.2");
    treaty_engine_free(engine);
  }
  treaty_program_free(program);
}

static void test_an_event_lets_time_pass_first(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  sent_event event;
  size_t count;
  prepare_event(&event, program, "ask", 1, "acme", NINE);
  assert_int_equal(send(engine, &event, NINE, NULL), TREATY_OK);
  prepare_event(&event, program, "ask", 2, "other", NINE + 3 * DAY);
  assert_int_equal(send(engine, &event, NINE + 3 * DAY, NULL), TREATY_OK);
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  EXPECT_DECIDED(engine,
                 "lead.stage_changed@1.3 lead.closed@1.4 lead.opened@2.1 criterion.changed@2.2");
  assert_true(decisions[0].time_ms == NINE + 2 * DAY);
  assert_true(decisions[2].time_ms == NINE + 3 * DAY);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

static void test_the_clock_never_runs_backwards(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *engine = new_engine(program, NULL);
  sent_event event;
  size_t count;
  assert_int_equal(treaty_engine_advance(engine, NINE + HOUR), TREATY_OK);
  assert_int_equal(treaty_engine_advance(engine, NINE), TREATY_OK);
  prepare_event(&event, program, "ask", 1, "acme", NINE);
  assert_int_equal(send(engine, &event, NINE, NULL), TREATY_OK);
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  assert_true(count > 0 && decisions[0].time_ms == NINE + HOUR);
  treaty_engine_free(engine);
  treaty_program_free(program);
}

/* ---- The same calls, the same decisions ---- */

static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void put_text(FILE *out, treaty_text text) {
  fprintf(out, " %.*s", text.bytes ? (int)text.length : 1, text.bytes ? text.bytes : "-");
}

static void put_decisions(FILE *out, treaty_engine *engine) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  for (size_t i = 0; i < count; i++) {
    const treaty_decision *d = &decisions[i];
    fprintf(out, "%llu.%u %s %lld", (unsigned long long)d->seq, d->n, treaty_decision_type(d->kind),
            (long long)d->time_ms);
    put_text(out, d->account);
    put_text(out, d->lead);
    put_text(out, d->cause_source);
    put_text(out, d->cause_id);
    fprintf(out, " %s %u %s:%u %s %s %s %s %s %d %d %lld %lld %lld %lld %lld %lld\n",
            d->agreement ? d->agreement : "-", d->version, d->file ? d->file : "-", d->line,
            d->from ? d->from : "-", d->to ? d->to : "-", d->name ? d->name : "-",
            d->party ? d->party : "-", d->reason ? d->reason : "-", d->won, d->late,
            (long long)d->due_ms, (long long)d->offered_ms, (long long)d->answered_ms,
            (long long)d->open_ms, (long long)d->wall_ms, (long long)d->percent_millionths);
    for (size_t k = 0; k < d->because_count; k++) {
      fprintf(out, "  %s = %s @%llu", d->because[k].name, d->because[k].value,
              (unsigned long long)d->because[k].seq);
      put_text(out, d->because[k].person);
      fputc('\n', out);
    }
  }
}

/* Three hundred events of forty accounts, some late, some repeated, and time between them. */
static char *story_of(const treaty_program *program, const treaty_engine_options *options) {
  static const char *const types[] = {"ask", "ask", "ask", "yes", "stay"};
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  treaty_engine *engine = new_engine(program, options);
  uint64_t random = SEED;
  int64_t clock_ms = NINE;
  assert_non_null(out);
  for (uint32_t i = 0; i < 300; i++) {
    sent_event sent;
    char account[8], person[8];
    clock_ms += (int64_t)(next_random(&random) % (uint64_t)(2 * HOUR));
    if (next_random(&random) % 4 == 0) {
      assert_int_equal(treaty_engine_advance(engine, clock_ms), TREATY_OK);
      put_decisions(out, engine);
    }
    snprintf(account, sizeof account, "a%u", (unsigned)(next_random(&random) % 40));
    snprintf(person, sizeof person, "p%u", (unsigned)(next_random(&random) % 3));
    uint32_t number = next_random(&random) % 10 == 0 ? i / 2 : i;
    prepare_event(&sent, program, types[next_random(&random) % 5], number, account,
                  clock_ms - (int64_t)(next_random(&random) % (uint64_t)DAY));
    sent.event.person = text_of(person);
    if (sent.event.type->field_count > 0)
      set_integer(&sent, 0, (int64_t)(next_random(&random) % 120) * 1000000);
    treaty_refusal refusal = {0};
    treaty_status status = send(engine, &sent, clock_ms, &refusal);
    fprintf(out, "= %d %s\n", status, treaty_refusal_word(refusal.code));
    put_decisions(out, engine);
  }
  assert_int_equal(treaty_engine_advance(engine, clock_ms + 30 * DAY), TREATY_OK);
  put_decisions(out, engine);
  treaty_engine_free(engine);
  fclose(out);
  return text;
}

static void test_same_calls_same_decisions_whatever_the_seed(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk), *again = load_good_text(desk);
  print_message("seed %u\n", SEED);
  char *first = story_of(program, NULL);
  assert_true(strlen(first) > 20000);
  assert_non_null(strstr(first, "treaty.handover.breached"));
  assert_non_null(strstr(first, "treaty.handover.accepted"));
  for (uint64_t seed = 0; seed < 5; seed++) {
    treaty_engine_options options = {.hash_seed = {seed * 0x9e3779b97f4a7c15u, ~seed},
                                     .future_skew_ms = 5 * MINUTE};
    char *other = story_of(seed % 2 ? again : program, &options);
    assert_string_equal(first, other);
    free(other);
  }
  free(first);
  treaty_program_free(program);
  treaty_program_free(again);
}

/* Events with and without hashes are the same events of the same accounts. */
static void test_hashes_may_be_computed_ahead(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine_options options = {.hash_seed = {SEED, ~(uint64_t)SEED}};
  for (int ahead = 0; ahead < 2; ahead++) {
    treaty_engine *engine = new_engine(program, &options);
    sent_event ask, later;
    prepare_event(&ask, program, "ask", 1, "acme", NINE);
    prepare_event(&later, program, "ask", 2, "acme", NINE);
    treaty_event_hash(ahead ? &ask.event : &later.event, options.hash_seed);
    assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_OK);
    assert_int_equal(send(engine, &later, NINE, NULL), TREATY_OK);
    assert_int_equal(treaty_engine_counts(engine).accounts, 1);
    ask.event.hashes = (treaty_event_hashes){0};
    treaty_event_hash(&later.event, options.hash_seed);
    assert_int_equal(send(engine, &ask, NINE, NULL), TREATY_REPEATED);
    assert_int_equal(send(engine, &later, NINE, NULL), TREATY_REPEATED);
    treaty_engine_free(engine);
  }
  treaty_program_free(program);
}

/* Two engines of one program, fed in turn, do not see each other. */
static void test_engines_are_apart(void **state) {
  (void)state;
  treaty_program *program = load_good_text(desk);
  treaty_engine *one = new_engine(program, NULL), *other = new_engine(program, NULL);
  sent_event ask;
  prepare_event(&ask, program, "ask", 1, "acme", NINE);
  assert_int_equal(send(one, &ask, NINE, NULL), TREATY_OK);
  assert_int_equal(treaty_engine_counts(other).accounts, 0);
  assert_int_equal(send(other, &ask, NINE, NULL), TREATY_OK);
  EXPECT_DECIDED(one, "lead.opened@1.1 criterion.changed@1.2");
  EXPECT_DECIDED(other, "lead.opened@1.1 criterion.changed@1.2");
  treaty_engine_free(one);
  EXPECT_DECIDED(other, "lead.opened@1.1 criterion.changed@1.2");
  treaty_engine_free(other);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_repeat_changes_nothing),
      cmocka_unit_test(test_an_id_used_twice_is_refused),
      cmocka_unit_test(test_the_future_is_refused),
      cmocka_unit_test(test_an_account_is_told_or_the_event_refused),
      cmocka_unit_test(test_ids_have_a_length),
      cmocka_unit_test(test_decisions_are_numbered_after_their_event),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_time_and_events_at_one_instant),
      cmocka_unit_test(test_an_event_lets_time_pass_first),
      cmocka_unit_test(test_the_clock_never_runs_backwards),
      cmocka_unit_test(test_same_calls_same_decisions_whatever_the_seed),
      cmocka_unit_test(test_hashes_may_be_computed_ahead),
      cmocka_unit_test(test_engines_are_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_event_decode.c - event lines: which are taken, with which values, which refused, and why.
 *
 * Without SIMDJSON_FORCE_IMPLEMENTATION in its environment the program runs itself once for each
 * kernel of the JSON parser that this processor has: all must give the same verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grammar/civil.h"
#include "include/treaty.h"
#include "runtime/event_decode.h"
#include "runtime/number_text.h"

#define LINE_BYTES_MAX 8192

/* ---- A program that knows three events ------------------------------------------------------- */

struct treaty_program {
  const treaty_event_type *types;
  size_t type_count;
};

static const char *const roles[] = {"buyer",      "user",      "decider", "influencer",
                                    "gatekeeper", "initiator", "analyst"};

enum {
  FORM,
  AMOUNT,
  EMPLOYEES,
  AGREED,
  START,
  SEEN,
  WAIT,
  BUDGET,
  YEN,
  REASON,
  ROLES,
  TAGS,
  OWNER,
  LEVEL,
  SKIPPED,
};

static const treaty_field all_fields[] = {
    [FORM] = {.name = "form", .key = "form", .kind = TREATY_TEXT, .used = true},
    [AMOUNT] = {.name = "amount", .key = "amount", .kind = TREATY_NUMBER, .used = true},
    [EMPLOYEES] = {.name = "employees", .key = "employees", .kind = TREATY_WHOLE, .used = true},
    [AGREED] = {.name = "agreed", .key = "agreed", .kind = TREATY_FLAG, .used = true},
    [START] = {.name = "start", .key = "start", .kind = TREATY_DATE, .used = true},
    [SEEN] = {.name = "seen", .key = "seenAt", .kind = TREATY_TIME, .used = true},
    [WAIT] = {.name = "wait", .key = "wait", .kind = TREATY_DURATION, .used = true},
    [BUDGET] = {.name = "budget",
                .key = "budget",
                .kind = TREATY_MONEY,
                .currency = "EUR",
                .currency_digits = 2,
                .used = true},
    [YEN] = {.name = "yen",
             .key = "yen",
             .kind = TREATY_MONEY,
             .currency = "JPY",
             .currency_digits = 0,
             .used = true},
    [REASON] = {.name = "reason",
                .key = "reason",
                .kind = TREATY_ONE_OF,
                .values = roles,
                .value_count = 7,
                .used = true},
    [ROLES] = {.name = "roles",
               .key = "roles",
               .kind = TREATY_SET,
               .values = roles,
               .value_count = 7,
               .used = true},
    [TAGS] = {.name = "tags", .key = "tags", .kind = TREATY_TEXTS, .used = true},
    [OWNER] = {.name = "owner", .key = "owner", .kind = TREATY_REP, .used = true},
    [LEVEL] = {.name = "level",
               .key = "level",
               .kind = TREATY_SCALE,
               .values = roles,
               .value_count = 3,
               .used = true},
    [SKIPPED] = {.name = "skipped", .key = "skipped", .kind = TREATY_WHOLE, .used = false},
};

#define TEN      "ääääääääää"
#define LONG_KEY TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const treaty_field long_field = {.name = "long", .key = LONG_KEY, .kind = TREATY_TEXT};

static const treaty_event_type types[] = {
    {.name = "t.all",
     .cause = "buyer",
     .fields = all_fields,
     .field_count = sizeof all_fields / sizeof *all_fields,
     .index = 0},
    {.name = "t.none", .cause = "others", .index = 1},
    {.name = "t.long", .cause = "others", .fields = &long_field, .field_count = 1, .index = 2},
};

static const treaty_program program = {.types = types, .type_count = 3};

const treaty_event_type *treaty_program_event_type(const treaty_program *p, const char *name,
                                                   size_t length) {
  for (size_t i = 0; i < p->type_count; i++)
    if (strlen(p->types[i].name) == length && memcmp(p->types[i].name, name, length) == 0)
      return &p->types[i];
  return NULL;
}

/* ---- Decoding one line ----------------------------------------------------------------------- */

typedef struct fixture {
  event_decoder *decoder;
  char *line; /* exactly as long as it must be, so that the sanitizer sees a read beyond */
  treaty_event event;
  treaty_refusal refusal;
} fixture;

static int setup(void **state) {
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  f->decoder = event_decoder_new(LINE_BYTES_MAX);
  assert_non_null(f->decoder);
  *state = f;
  return 0;
}

static int teardown(void **state) {
  fixture *f = *state;
  event_decoder_free(f->decoder);
  free(f->line);
  free(f);
  return 0;
}

static bool decode_bytes(fixture *f, const char *bytes, size_t length) {
  free(f->line);
  f->line = malloc(length + EVENT_DECODE_SPARE_BYTES);
  assert_non_null(f->line);
  memcpy(f->line, bytes, length);
  memset(f->line + length, '"', EVENT_DECODE_SPARE_BYTES); /* what stands behind must not matter */
  return event_decode(f->decoder, &program, f->line, length, &f->event, &f->refusal);
}

static bool decode_line(fixture *f, const char *line) {
  return decode_bytes(f, line, strlen(line));
}

#define HEAD                                                                    \
  "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t.all\"," \
  "\"time\":\"2026-11-06T14:00:00Z\""

/* Decodes an event whose payload has these members. */
static bool decode_data(fixture *f, const char *members) {
  char line[LINE_BYTES_MAX];
  int length = snprintf(line, sizeof line, HEAD ",\"data\":{%s}}", members);
  assert_true(length > 0 && (size_t)length < sizeof line);
  return decode_line(f, line);
}

static void expect_refusal(fixture *f, bool decoded, treaty_refusal_code code, const char *reason,
                           const char *what) {
  if (decoded) fail_msg("taken, but should be refused: %s", what);
  if (f->refusal.code != code || (reason && strcmp(f->refusal.reason, reason) != 0))
    fail_msg("%s\n  refused with %d '%s'\n  expected     %d '%s'", what, f->refusal.code,
             f->refusal.reason, code, reason ? reason : "");
}

static void expect_taken(fixture *f, bool decoded, const char *what) {
  if (!decoded) fail_msg("%s\n  refused with %d '%s'", what, f->refusal.code, f->refusal.reason);
  assert_int_equal(f->refusal.code, TREATY_NOT_REFUSED);
}

static void expect_text(treaty_text text, const char *expected) {
  assert_non_null(text.bytes);
  assert_int_equal(text.length, strlen(expected));
  assert_memory_equal(text.bytes, expected, text.length);
}

/* ---- The envelope ---------------------------------------------------------------------------- */

static void test_envelope_is_read(void **state) {
  fixture *f = *state;
  expect_taken(
      f,
      decode_line(f,
                  "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/web\",\"type\":\"t.none\","
                  "\"time\":\"1970-01-02T00:00:00.25Z\",\"account\":\"a\",\"person\":\"p\\u00e4\","
                  "\"lead\":\"l\",\"traceparent\":[{\"x\":{}}],\"data\":{\"whatever\":1}}"),
      "a whole envelope");
  expect_text(f->event.id, "e-1");
  expect_text(f->event.source, "/web");
  expect_text(f->event.account, "a");
  expect_text(f->event.person, "pä");
  expect_text(f->event.lead, "l");
  assert_ptr_equal(f->event.type, &types[1]);
  assert_int_equal(f->event.time_ms, TR_DAY_MS + 250);
}

static void test_order_of_members_does_not_matter(void **state) {
  fixture *f = *state;
  expect_taken(
      f,
      decode_line(
          f,
          " { \"data\" : { \"x\":[1,{\"y\":[]}], \"amount\" : 0.5 , \"form\":\"f\" } , "
          "\"more\":{\"a\":{},\"b\":[[],{}]}, \"account\":12 ,\"time\":\"2026-11-06T14:00:00Z\","
          "\"type\":\"t.all\",\"source\":\"s\",\"id\":\"1\",\"specversion\":\"1.0\"} "),
      "members in another order");
  assert_int_equal(f->event.values[AMOUNT].integer, 500000);
  expect_text(f->event.values[FORM].text, "f");
  expect_text(f->event.account, "12");
}

static void test_optional_attributes(void **state) {
  fixture *f = *state;
  expect_taken(f, decode_line(f, HEAD ",\"account\":null,\"person\":\"\",\"data\":null}"),
               "unset ones");
  assert_null(f->event.account.bytes);
  assert_null(f->event.person.bytes);
  assert_null(f->event.lead.bytes);
  for (uint32_t i = 0; i < f->event.type->field_count; i++)
    assert_false(f->event.values[i].present);

  expect_taken(f,
               decode_line(f, HEAD ",\"account\":-0,\"person\":-42,\"lead\":18446744073709551615}"),
               "whole numbers as ids");
  expect_text(f->event.account, "0");
  expect_text(f->event.person, "-42");
  expect_text(f->event.lead, "18446744073709551615");
}

typedef struct refused_line {
  const char *line;
  treaty_refusal_code code;
  const char *reason;
} refused_line;

static void test_envelope_refusals(void **state) {
  fixture *f = *state;
  static const refused_line cases[] = {
      {"{}", TREATY_NOT_CLOUDEVENT, "the attribute 'id' is missing"},
      {"{\"id\":null}", TREATY_NOT_CLOUDEVENT, "the attribute 'id' is missing"},
      {"{\"id\":7}", TREATY_NOT_CLOUDEVENT, "the attribute 'id' is the number 7, not a text"},
      {"{\"id\":\"\"}", TREATY_NOT_CLOUDEVENT, "the attribute 'id' is empty"},
      {"{\"id\":\"1\"}", TREATY_NOT_CLOUDEVENT, "the attribute 'source' is missing"},
      {"{\"id\":\"1\",\"source\":[]}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'source' is a list, not a text"},
      {"{\"id\":\"1\",\"source\":\"s\"}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'specversion' is missing"},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"0.3\"}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'specversion' is \"0.3\", not \"1.0\""},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\"}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'time' is missing"},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"time\":\"yesterday\\n\"}",
       TREATY_BAD_TIME,
       "time is the text \"yesterday \", not an instant like \"2026-11-06T14:00:00Z\""},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"time\":1,\"type\":\"t.all\"}",
       TREATY_NOT_CLOUDEVENT, "the attribute 'time' is the number 1, not a text"},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"time\":\"2026-11-06T14:00:00Z\"}",
       TREATY_NOT_CLOUDEVENT, "the attribute 'type' is missing"},
      {"{\"id\":\"1\",\"source\":\"s\",\"specversion\":\"1.0\",\"time\":\"2026-11-06T14:00:00Z\","
       "\"type\":\"t.al\"}",
       TREATY_UNKNOWN_EVENT, "the treaty declares no event 't.al'"},
      {HEAD ",\"account\":true}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'account' is true, not a text"},
      {HEAD ",\"person\":1.5}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'person' is the number 1.5, not a text"},
      {HEAD ",\"lead\":{}}", TREATY_NOT_CLOUDEVENT,
       "the attribute 'lead' is an object, not a text"},
      {HEAD ",\"data\":[]}", TREATY_WRONG_TYPE, "data is a list, not an object"},
      {HEAD ",\"data\":1e2}", TREATY_WRONG_TYPE, "data is the number 1e2, not an object"},
      {HEAD ",\"id\":\"2\"}", TREATY_NOT_JSON, "the key 'id' stands twice"},
      {HEAD ",\"data\":{},\"data\":{}}", TREATY_NOT_JSON, "the key 'data' stands twice"},
      {HEAD ",\"account\":null,\"\\u0061ccount\":\"a\"}", TREATY_NOT_JSON,
       "the key 'account' stands twice"},
      {HEAD ",\"data\":{\"form\":null,\"form\":\"f\"}}", TREATY_NOT_JSON,
       "the key 'form' stands twice"},
      {HEAD ",\"data\":{\"budget\":{\"amount\":1,\"amount\":2,\"currency\":\"EUR\"}}}",
       TREATY_NOT_JSON, "the key 'amount' stands twice"},
      {"[]", TREATY_NOT_JSON, "the line is a list, not an object"},
      {"12.5", TREATY_NOT_JSON, "the line is the number 12.5, not an object"},
      {"\"x\"", TREATY_NOT_JSON, "the line is the text \"x\", not an object"},
      {"", TREATY_NOT_JSON, "the line is blank"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_refusal(f, decode_line(f, cases[i].line), cases[i].code, cases[i].reason, cases[i].line);
}

static void test_keys_that_treaty_does_not_use_may_stand_twice(void **state) {
  fixture *f = *state;
  expect_taken(f, decode_line(f, HEAD ",\"x\":1,\"x\":2,\"data\":{\"y\":1,\"y\":2}}"), "x and y");
}

static void test_refused_lines_keep_their_identity(void **state) {
  fixture *f = *state;
  assert_false(decode_line(f, "{\"id\":\"i7\",\"source\":\"/s\",\"specversion\":\"9\"}"));
  expect_text(f->event.id, "i7");
  expect_text(f->event.source, "/s");
  assert_false(decode_line(f, "{\"id\":\"i7\""));
  assert_null(f->event.id.bytes);
}

static void test_long_ids(void **state) {
  fixture *f = *state;
  char id[EVENT_DECODE_ID_BYTES_MAX + 2], line[LINE_BYTES_MAX];
  memset(id, 'x', sizeof id);
  id[EVENT_DECODE_ID_BYTES_MAX] = '\0';
  snprintf(line, sizeof line, HEAD ",\"account\":\"%s\"}", id);
  expect_taken(f, decode_line(f, line), "an account of 1,024 bytes");
  assert_int_equal(f->event.account.length, EVENT_DECODE_ID_BYTES_MAX);

  id[EVENT_DECODE_ID_BYTES_MAX] = 'x';
  id[EVENT_DECODE_ID_BYTES_MAX + 1] = '\0';
  static const char *const with_id[] = {"{\"id\":\"%s\"}", "{\"id\":\"1\",\"source\":\"%s\"}",
                                        HEAD ",\"account\":\"%s\"}", HEAD ",\"person\":\"%s\"}",
                                        HEAD ",\"lead\":\"%s\"}"};
  for (size_t i = 0; i < sizeof with_id / sizeof *with_id; i++) {
    snprintf(line, sizeof line, with_id[i], id);
    expect_refusal(f, decode_line(f, line), TREATY_ID_TOO_LONG, NULL, with_id[i]);
  }
  assert_string_equal(f->refusal.reason, "the attribute 'lead' has 1025 bytes; 1024 at most");
}

static void test_content_hash(void **state) {
  fixture *f = *state;
  assert_true(decode_data(f, "\"form\":\"a\""));
  uint64_t first = f->event.content_hash;
  assert_true(decode_data(f, "\"form\":\"b\""));
  assert_true(f->event.content_hash != first);
  assert_true(decode_data(f, "\"form\":\"a\""));
  assert_true(f->event.content_hash == first);
}

/* ---- Payload values -------------------------------------------------------------------------- */

typedef struct taken_value {
  const char *members;
  int field;
  int64_t integer;
} taken_value;

static void test_integers_of_each_kind(void **state) {
  fixture *f = *state;
  static const taken_value cases[] = {
      {"\"amount\":0", AMOUNT, 0},
      {"\"amount\":-0.0", AMOUNT, 0},
      {"\"amount\":1.000001", AMOUNT, 1000001},
      {"\"amount\":1.50000000000000000000000", AMOUNT, 1500000},
      {"\"amount\":-1.5e3", AMOUNT, -1500000000},
      {"\"amount\":2500E-3", AMOUNT, 2500000},
      {"\"amount\":0e999999999999", AMOUNT, 0},
      {"\"amount\":9007199254.740993", AMOUNT,
       9007199254740993}, /* 2^53 + 1 millionths: no double */
      {"\"amount\":-7", AMOUNT, -7000000},
      {"\"amount\":9200000000000", AMOUNT, INT64_C(9200000000000000000)},
      {"\"amount\":-9200000000000.000000", AMOUNT, INT64_C(-9200000000000000000)},
      {"\"amount\":9199999999999.999999", AMOUNT, INT64_C(9199999999999999999)},
      {"\"employees\":250", EMPLOYEES, 250000000},
      {"\"employees\":2.5e2", EMPLOYEES, 250000000},
      {"\"agreed\":true", AGREED, 1},
      {"\"agreed\":false", AGREED, 0},
      {"\"start\":\"1970-02-01\"", START, 31},
      {"\"seenAt\":\"1970-01-01T01:00:00+01:00\"", SEEN, 0},
      {"\"wait\":\"90 minutes\"", WAIT, 90 * TR_MINUTE_MS},
      {"\"wait\":\"1 second\"", WAIT, TR_SECOND_MS},
      {"\"wait\":\"1.5 hours\"", WAIT, 90 * TR_MINUTE_MS},
      {"\"wait\":\"2  days\"", WAIT, 2 * TR_DAY_MS},
      {"\"wait\":\"1 week\"", WAIT, 7 * TR_DAY_MS},
      {"\"budget\":80000", BUDGET, 8000000},
      {"\"budget\":80000.5", BUDGET, 8000050},
      {"\"budget\":20000.000", BUDGET, 2000000},
      {"\"budget\":\"80000 EUR\"", BUDGET, 8000000},
      {"\"budget\":\"-80000.50 EUR\"", BUDGET, -8000050},
      {"\"budget\":{\"currency\":\"EUR\",\"note\":[{}],\"amount\":12.34}", BUDGET, 1234},
      {"\"budget\":{\"amount\":7,\"currency\":\"EUR\"}", BUDGET, 700},
      {"\"yen\":5000.0", YEN, 5000},
      {"\"reason\":\"decider\"", REASON, 2},
      {"\"reason\":\"DECIDER\"", REASON, 2},
      {"\"level\":\"user\"", LEVEL, 1},
      {"\"roles\":[\"buyer\",\"Analyst\",\"buyer\"]", ROLES, 0x41},
      {"\"roles\":[]", ROLES, 0},
      {"\"roles\":\"user\"", ROLES, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    expect_taken(f, decode_data(f, cases[i].members), cases[i].members);
    const treaty_value *value = &f->event.values[cases[i].field];
    if (!value->present || value->integer != cases[i].integer)
      fail_msg("%s: %d %lld", cases[i].members, value->present, (long long)value->integer);
  }
}

static void test_texts(void **state) {
  fixture *f = *state;
  expect_taken(
      f,
      decode_data(
          f, "\"owner\":\"Ann\",\"tags\":[\"a\",\"\",\"\\ud83d\\ude00\"],\"form\":\"x\\u0000y\""),
      "texts");
  expect_text(f->event.values[OWNER].text, "Ann");
  assert_int_equal(f->event.values[FORM].text.length, 3);
  assert_int_equal(f->event.values[TAGS].text_count, 3);
  expect_text(f->event.values[TAGS].texts[0], "a");
  expect_text(f->event.values[TAGS].texts[1], "");
  expect_text(f->event.values[TAGS].texts[2], "\xf0\x9f\x98\x80");
  expect_taken(f, decode_data(f, "\"tags\":\"only\""), "one text");
  assert_int_equal(f->event.values[TAGS].text_count, 1);
  expect_text(f->event.values[TAGS].texts[0], "only");
  expect_taken(f, decode_data(f, "\"tags\":[]"), "no texts");
  assert_true(f->event.values[TAGS].present);
  assert_int_equal(f->event.values[TAGS].text_count, 0);
}

/* The most texts that a line can hold. */
static void test_a_line_full_of_texts(void **state) {
  fixture *f = *state;
  char line[LINE_BYTES_MAX + 1];
  int head = snprintf(line, sizeof line, HEAD ",\"data\":{\"tags\":[\"\"");
  size_t length = (size_t)head, count = 1;
  for (; length + 3 + 3 <= LINE_BYTES_MAX; length += 3, count++) memcpy(line + length, ",\"\"", 3);
  memcpy(line + length, "]}}", 4);
  const treaty_text *texts = NULL;
  for (int i = 0; i < 2; i++) { /* the second time, too: the room of the first is free again */
    expect_taken(f, decode_line(f, line), "a line full of texts");
    assert_int_equal(f->event.values[TAGS].text_count, count);
    if (i == 1) assert_ptr_equal(f->event.values[TAGS].texts, texts);
    texts = f->event.values[TAGS].texts;
  }
}

static void test_absent_and_unused(void **state) {
  fixture *f = *state;
  expect_taken(f, decode_data(f, "\"form\":null,\"formX\":1,\"for\":2,\"skipped\":3"),
               "absent ones");
  assert_false(f->event.values[FORM].present);
  assert_false(f->event.values[SKIPPED].present);
  expect_refusal(f, decode_data(f, "\"skipped\":\"three\""), TREATY_WRONG_TYPE,
                 "skipped is the text \"three\", not a whole number", "an unused field is checked");
  expect_taken(f, decode_data(f, "\"amount\":1"), "values of the line before are gone");
  assert_false(f->event.values[ROLES].present);
}

static void test_payload_refusals(void **state) {
  fixture *f = *state;
  static const refused_line cases[] = {
      {"\"form\":12", TREATY_WRONG_TYPE, "form is the number 12, not a text"},
      {"\"owner\":{}", TREATY_WRONG_TYPE, "owner is an object, not a text"},
      {"\"amount\":\"12\"", TREATY_WRONG_TYPE, "amount is the text \"12\", not a number"},
      {"\"amount\":1.0000001", TREATY_NUMBER_RANGE, "amount has 7 decimals; 6 at most"},
      {"\"amount\":1e-7", TREATY_NUMBER_RANGE, "amount has 7 decimals; 6 at most"},
      {"\"amount\":9200000000001", TREATY_NUMBER_RANGE,
       "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":-9200000000001", TREATY_NUMBER_RANGE,
       "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":9200000000000.000001", TREATY_NUMBER_RANGE,
       "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":-9200000000000.5", TREATY_NUMBER_RANGE,
       "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":1e300", TREATY_NUMBER_RANGE, "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":18446744073709551615", TREATY_NUMBER_RANGE,
       "amount is beyond 9.2e12, the largest number kept"},
      {"\"amount\":1e400", TREATY_NUMBER_RANGE, "a number is too large to be read"},
      {"\"employees\":12.5", TREATY_WRONG_TYPE, "employees is the number 12.5, not a whole number"},
      {"\"employees\":true", TREATY_WRONG_TYPE, "employees is true, not a whole number"},
      {"\"agreed\":\"yes\"", TREATY_WRONG_TYPE, "agreed is the text \"yes\", not true or false"},
      {"\"start\":\"2026-02-30\"", TREATY_WRONG_TYPE,
       "start is the text \"2026-02-30\", not a date like \"2026-11-06\""},
      {"\"seenAt\":20261106", TREATY_WRONG_TYPE,
       "seenAt is the number 20261106, not an instant like \"2026-11-06T14:00:00Z\""},
      {"\"wait\":\"soon\"", TREATY_WRONG_TYPE,
       "wait is the text \"soon\", not a duration like \"90 minutes\" or \"2 days\""},
      {"\"wait\":\"2 fortnights\"", TREATY_WRONG_TYPE, NULL},
      {"\"wait\":\"-2 days\"", TREATY_WRONG_TYPE, NULL},
      {"\"wait\":\"2 \"", TREATY_WRONG_TYPE, NULL},
      {"\"wait\":90", TREATY_WRONG_TYPE, NULL},
      {"\"wait\":\"0.0001 seconds\"", TREATY_NUMBER_RANGE,
       "wait is no whole number of milliseconds"},
      {"\"wait\":\"9000000000000 weeks\"", TREATY_NUMBER_RANGE, "wait is longer than 9,998 years"},
      {"\"budget\":\"a lot\"", TREATY_WRONG_TYPE,
       "budget is the text \"a lot\", not an amount like 80000 or \"80000 EUR\""},
      {"\"budget\":\"80000\"", TREATY_WRONG_TYPE, NULL},
      {"\"budget\":\"80.000,50 EUR\"", TREATY_WRONG_TYPE, NULL},
      {"\"budget\":[80000]", TREATY_WRONG_TYPE,
       "budget is a list, not an amount like 80000 or \"80000 EUR\""},
      {"\"budget\":{\"amount\":1}", TREATY_WRONG_TYPE,
       "budget is an object without a number 'amount' and a 'currency' like \"EUR\""},
      {"\"budget\":{\"amount\":1,\"currency\":7}", TREATY_WRONG_TYPE, NULL},
      {"\"budget\":1.001", TREATY_NUMBER_RANGE, "budget has 3 decimals; EUR has 2"},
      {"\"yen\":0.5", TREATY_NUMBER_RANGE, "yen has 1 decimal; JPY has 0"},
      {"\"budget\":\"9300000000000 EUR\"", TREATY_NUMBER_RANGE,
       "budget is beyond 9.2e12, the largest number kept"},
      {"\"budget\":\"80000 USD\"", TREATY_WRONG_CURRENCY, "budget is in USD, not in EUR"},
      {"\"budget\":{\"amount\":1,\"currency\":\"CHF\"}", TREATY_WRONG_CURRENCY,
       "budget is in CHF, not in EUR"},
      {"\"reason\":\"boss\"", TREATY_WRONG_TYPE,
       "reason is the text \"boss\", not one of buyer, user, decider, influencer, gatekeeper, "
       "initiator, …"},
      {"\"level\":4", TREATY_WRONG_TYPE, "level is the number 4, not one of buyer, user, decider"},
      {"\"roles\":[\"buyer\",3]", TREATY_WRONG_TYPE,
       "an item of roles is a number, not one of buyer, user, decider, influencer, gatekeeper, "
       "initiator, …"},
      {"\"roles\":7", TREATY_WRONG_TYPE, "roles is the number 7, not a list of names"},
      {"\"tags\":[\"a\",null]", TREATY_WRONG_TYPE, "an item of tags is null, not a text"},
      {"\"tags\":1", TREATY_WRONG_TYPE, "tags is the number 1, not a list of texts"},
      {"\"form\":[0]", TREATY_WRONG_TYPE, "form is a list, not a text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_refusal(f, decode_data(f, cases[i].line), cases[i].code, cases[i].reason, cases[i].line);
}

/* What is shown of a long text ends with a whole character, and so does a long reason. */
static void test_long_texts_are_cut_between_characters(void **state) {
  fixture *f = *state;
  expect_refusal(f, decode_data(f, "\"amount\":\"" TEN TEN "ä\""), TREATY_WRONG_TYPE,
                 "amount is the text \"" TEN TEN "…\", not a number", "cut between two characters");
  expect_refusal(f, decode_data(f, "\"amount\":\"x" TEN TEN "\""), TREATY_WRONG_TYPE,
                 "amount is the text \"x" TEN "äääääääää…\", not a number", "cut within one");
  expect_refusal(f, decode_data(f, "\"amount\":\"" TEN TEN "\""), TREATY_WRONG_TYPE,
                 "amount is the text \"" TEN TEN "\", not a number", "just short enough");

  expect_refusal(
      f,
      decode_line(f,
                  "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t.long\","
                  "\"time\":\"2026-11-06T14:00:00Z\",\"data\":{\"" LONG_KEY "\":1}}"),
      TREATY_WRONG_TYPE, NULL, "a long key");
  size_t length = strlen(f->refusal.reason);
  assert_int_equal(length, sizeof f->refusal.reason - 2);
  assert_memory_equal(f->refusal.reason, LONG_KEY, length);
}

/* ---- JSON itself ----------------------------------------------------------------------------- */

/* Values that every parser must take; they stand where Treaty does not look. */
static void test_json_that_must_be_taken(void **state) {
  fixture *f = *state;
  static const char *const values[] = {
      "[]",
      "[ ]",
      "{}",
      "{ }",
      "[null]",
      "[1,null,null,2]",
      "[[[]],{\"a\":[{}]}]",
      "true",
      "0",
      "-0",
      "-1",
      "123",
      "1E22",
      "1e-2",
      "1.23e+4",
      "0.1",
      "-0.0",
      "123456789012345678",
      "-9223372036854775808",
      "0.000000000000000000000000000000000000001",
      "\"\"",
      "\" \"",
      "\"a/*b*/c\"",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
      "\"\\u0012\"",
      "\"\\u00e9\"",
      "\"\\uD834\\uDD1e\"",
      "\"\\uFFFF\"",
      "\"\xc3\xa9\"",
      "\"\xf0\x9d\x84\x9e\"",
      "\"\xef\xbf\xbf\"",
      "\"\x7f\"",
      "\"\\\\u0000\"",
      "{\"\":0}",
      "{\"a\\u0000b\":0}",
      "\t[\r\n1 ]",
  };
  char members[512];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    snprintf(members, sizeof members, "\"free\":%s,\"amount\":2.5", values[i]);
    expect_taken(f, decode_data(f, members), members);
    assert_int_equal(f->event.values[AMOUNT].integer, 2500000); /* found behind any value */
  }
}

static void test_json_that_must_be_refused(void **state) {
  fixture *f = *state;
  static const char *const values[] = {
      "",
      "[1 true]",
      "[1,]",
      "[,1]",
      "[1,,2]",
      "[",
      "]",
      "[1",
      "[1}",
      "{\"a\":1]",
      "{\"a\"}",
      "{\"a\" \"b\"}",
      "{a:1}",
      "{1:1}",
      "{'a':1}",
      "{\"a\":1,}",
      "{\"a\":1,,\"b\":2}",
      "{\"a\":/*c*/1}",
      "nul",
      "nulll",
      "True",
      "TRUE",
      "tru",
      "fals",
      "undefined",
      "NaN",
      "Infinity",
      "-Infinity",
      "+1",
      "-",
      "-a",
      "01",
      "-01",
      "1.",
      ".5",
      "-.5",
      "1.e1",
      "1e",
      "1e+",
      "1E-",
      "0x1",
      "1_000",
      "1,5",
      "1 000",
      "2.e3",
      "0.1.2",
      "1eE2",
      "--1",
      "\"\\x00\"",
      "\"\\u00A\"",
      "\"\\u00G0\"",
      "\"\\uD800\\u\"",
      "\"\\a\"",
      "\"\\",
      "'a'",
      "\"a",
      "a\"",
      "\"\x09\"",
      "\"\x1f\"",
      "\"\x01\"",
      "\"a\nb\"",
      "\"\\\x09\"",
      "\xef\xbb\xbf{}",
      "\x0c",
      "<null>",
      "{}}",
      "1]",
      "\xc2\xa0 1",
      "\xe2\x81\xa0 1",
      "#",
      "@",
  };
  char members[512];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    snprintf(members, sizeof members, "\"free\":%s", values[i]);
    expect_refusal(f, decode_data(f, members), TREATY_NOT_JSON, NULL, members);
  }
  static const char *const lines[] = {" ",
                                      "{",
                                      "}",
                                      "{}{}",
                                      "{} x",
                                      "{},",
                                      "{\"a\":1}}",
                                      "\xef\xbb\xbf{}",
                                      "{\"id\":\"1\"",
                                      "nul",
                                      "{\"id\":\"1\"}\"",
                                      "*"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    expect_refusal(f, decode_line(f, lines[i]), TREATY_NOT_JSON, NULL, lines[i]);
  expect_refusal(f, decode_bytes(f, "{\"a\":1\0}", 8), TREATY_NOT_JSON, NULL,
                 "a zero byte between");
  expect_refusal(f, decode_bytes(f, "{\"a\":\"\0\"}", 9), TREATY_NOT_JSON,
                 "a text has a control character in it", "a zero byte in a text");
}

static void test_reasons_for_broken_json(void **state) {
  fixture *f = *state;
  expect_refusal(f, decode_data(f, "\"x\":-01,\"y\":1e999"), TREATY_NOT_JSON,
                 "'-01' is not a number as JSON writes it", "a leading zero");
  expect_refusal(f, decode_data(f, "\"x\":\"\\q\""), TREATY_NOT_JSON,
                 "a text has an escape that JSON does not know", "an escape");
  expect_refusal(f, decode_line(f, "{\"x"), TREATY_NOT_JSON,
                 "a text is not closed before the line ends", "an open text");
}

static void test_ill_formed_utf8(void **state) {
  fixture *f = *state;
  static const char *const texts[] = {
      "\xff",
      "\x80",
      "\xc0\xaf",
      "\xe0\x80\xaf",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "\xf8\x88\x80\x80\x80",
      "\xe4",
      "\xc3(",
      "\xf0\x9d\x84",
      "\xe9t\xe9",
  };
  char members[64];
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    snprintf(members, sizeof members, "\"free\":\"%s\"", texts[i]);
    expect_refusal(f, decode_data(f, members), TREATY_BAD_UTF8, "the line is not well-formed UTF-8",
                   members);
  }
}

/* Where the standard leaves it to the parser, the verdict is fixed here. */
static void test_json_that_may_go_either_way(void **state) {
  fixture *f = *state;
  static const struct {
    const char *value;
    treaty_refusal_code code;
  } cases[] = {
      {"1e400", TREATY_NUMBER_RANGE},
      {"-1e400", TREATY_NUMBER_RANGE},
      {"123123e100000", TREATY_NUMBER_RANGE},
      {"100000000000000000000", TREATY_NUMBER_RANGE},
      {"-9223372036854775809", TREATY_NUMBER_RANGE},
      {"1e-400", TREATY_NOT_REFUSED},
      {"18446744073709551615", TREATY_NOT_REFUSED},
      {"\"\\uD800\"", TREATY_NOT_JSON},
      {"\"\\uD800\\n\"", TREATY_NOT_JSON},
      {"\"\\uDd1e\\uD834\"", TREATY_NOT_JSON},
      {"\"\\uDFAA\"", TREATY_NOT_JSON},
      {"\"\\uD800\\uD800\"", TREATY_NOT_JSON},
  };
  char members[64];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    snprintf(members, sizeof members, "\"free\":%s", cases[i].value);
    bool decoded = decode_data(f, members);
    if (cases[i].code == TREATY_NOT_REFUSED)
      expect_taken(f, decoded, members);
    else
      expect_refusal(f, decoded, cases[i].code, NULL, members);
  }
}

/* What stands in the innermost list makes no level. */
static void test_nesting(void **state) {
  fixture *f = *state;
  static const char *const inside[] = {"", "1", "\"a\"", "null"};
  for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
    for (int levels = EVENT_DECODE_NESTING_MAX - 2; levels < EVENT_DECODE_NESTING_MAX; levels++) {
      char members[256], brackets[2][EVENT_DECODE_NESTING_MAX + 1] = {{0}};
      memset(brackets[0], '[', (size_t)levels);
      memset(brackets[1], ']', (size_t)levels);
      snprintf(members, sizeof members, "\"free\":%s%s%s", brackets[0], inside[i], brackets[1]);
      bool decoded = decode_data(f, members);
      if (levels + 2 == EVENT_DECODE_NESTING_MAX) /* the line and data are two more */
        expect_taken(f, decoded, members);
      else
        expect_refusal(f, decoded, TREATY_TOO_DEEP, "the line nests deeper than 32", members);
    }
  }
}

static void test_line_length(void **state) {
  fixture *f = *state;
  char line[LINE_BYTES_MAX + 2];
  memset(line, ' ', sizeof line);
  memcpy(line, HEAD "}", strlen(HEAD "}"));
  expect_taken(f, decode_bytes(f, line, LINE_BYTES_MAX), "a line as long as the limit");
  expect_refusal(f, decode_bytes(f, line, LINE_BYTES_MAX + 1), TREATY_TOO_LONG,
                 "the line has 8193 bytes; 8192 at most", "a longer one");
}

/* Cut off anywhere, a line is refused; with any one byte changed it is taken or refused, and no
 * more. */
static void test_damaged_lines(void **state) {
  fixture *f = *state;
  static const char whole[] = HEAD
      ",\"account\":7,\"data\":{\"amount\":12.5,\"roles\":[\"buyer\"],"
      "\"budget\":{\"amount\":1.5,\"currency\":\"EUR\"},\"x\":[{}]}}";
  size_t length = sizeof whole - 1;
  for (size_t i = 0; i < length; i++) assert_false(decode_bytes(f, whole, i));
  size_t taken = 0;
  char changed[sizeof whole];
  for (size_t i = 0; i < length; i++) {
    for (int byte = 0; byte < 256; byte++) {
      memcpy(changed, whole, sizeof whole);
      changed[i] = (char)byte;
      bool decoded = decode_bytes(f, changed, length);
      assert_true(decoded == (f->refusal.reason[0] == '\0'));
      taken += decoded;
    }
  }
  assert_true(taken > length && taken < length * 256 / 2);
}

static void test_small_limit(void **state) {
  (void)state;
  event_decoder *decoder = event_decoder_new(1);
  assert_non_null(decoder);
  char line[2 + EVENT_DECODE_SPARE_BYTES] = "{}";
  treaty_event event;
  treaty_refusal refusal;
  assert_false(event_decode(decoder, &program, line, 2, &event, &refusal));
  assert_int_equal(refusal.code, TREATY_TOO_LONG);
  assert_false(event_decode(decoder, &program, line, 1, &event, &refusal));
  assert_int_equal(refusal.code, TREATY_NOT_JSON);
  event_decoder_free(decoder);
  event_decoder_free(NULL);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void test_number_text(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t digits;
    number_fit fit;
    int64_t scaled, decimals;
  } cases[] = {
      {"0", 0, NUMBER_FITS, 0, 0},
      {"-0e5", 2, NUMBER_FITS, 0, 0},
      {"0.000", 0, NUMBER_FITS, 0, 0},
      {"1.10", 1, NUMBER_FITS, 11, 1},
      {"-12.34", 2, NUMBER_FITS, -1234, 2},
      {"1e12", 6, NUMBER_FITS, INT64_C(1000000000000000000), 0},
      {"0.00000092e19", 6, NUMBER_FITS, INT64_C(9200000000000000000), 0},
      {"9200000000000", 0, NUMBER_FITS, INT64_C(9200000000000), 0},
      {"9200000000001", 0, NUMBER_TOO_LARGE, 0, 0},
      {"1e13", 6, NUMBER_TOO_LARGE, 0, 0},
      {"1e99999999999999999999", 0, NUMBER_TOO_LARGE, 0, 0},
      {"123456789012345678901234567890", 0, NUMBER_TOO_LARGE, 0, 0},
      {"18446744073709551616", 0, NUMBER_TOO_LARGE, 0, 0},
      {"0.01", 1, NUMBER_TOO_FINE, 0, 2},
      {"1e-7", 6, NUMBER_TOO_FINE, 0, 7},
      {"1.0000000000000000000000000000001", 6, NUMBER_TOO_FINE, 0, 31},
      {"100000000000000000000000000e-26", 6, NUMBER_FITS, 1000000, 0},
      {"", 0, NUMBER_MALFORMED, 0, 0},
      {"-", 0, NUMBER_MALFORMED, 0, 0},
      {"+1", 0, NUMBER_MALFORMED, 0, 0},
      {"01", 0, NUMBER_MALFORMED, 0, 0},
      {"1.", 0, NUMBER_MALFORMED, 0, 0},
      {".1", 0, NUMBER_MALFORMED, 0, 0},
      {"1e", 0, NUMBER_MALFORMED, 0, 0},
      {"1e-", 0, NUMBER_MALFORMED, 0, 0},
      {"1 ", 0, NUMBER_MALFORMED, 0, 0},
      {"1.2.3", 0, NUMBER_MALFORMED, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t scaled = 0, decimals = 0;
    number_fit fit = number_text_scaled(cases[i].text, strlen(cases[i].text), cases[i].digits,
                                        &scaled, &decimals);
    if (fit != cases[i].fit || scaled != cases[i].scaled || decimals != cases[i].decimals)
      fail_msg("%s: fit %d, %lld, %lld decimals", cases[i].text, fit, (long long)scaled,
               (long long)decimals);
  }
}

/* ---- Running --------------------------------------------------------------------------------- */

static int run_all(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_envelope_is_read, setup, teardown),
      cmocka_unit_test_setup_teardown(test_order_of_members_does_not_matter, setup, teardown),
      cmocka_unit_test_setup_teardown(test_optional_attributes, setup, teardown),
      cmocka_unit_test_setup_teardown(test_envelope_refusals, setup, teardown),
      cmocka_unit_test_setup_teardown(test_keys_that_treaty_does_not_use_may_stand_twice, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(test_refused_lines_keep_their_identity, setup, teardown),
      cmocka_unit_test_setup_teardown(test_long_ids, setup, teardown),
      cmocka_unit_test_setup_teardown(test_content_hash, setup, teardown),
      cmocka_unit_test_setup_teardown(test_integers_of_each_kind, setup, teardown),
      cmocka_unit_test_setup_teardown(test_texts, setup, teardown),
      cmocka_unit_test_setup_teardown(test_a_line_full_of_texts, setup, teardown),
      cmocka_unit_test_setup_teardown(test_absent_and_unused, setup, teardown),
      cmocka_unit_test_setup_teardown(test_payload_refusals, setup, teardown),
      cmocka_unit_test_setup_teardown(test_long_texts_are_cut_between_characters, setup, teardown),
      cmocka_unit_test_setup_teardown(test_json_that_must_be_taken, setup, teardown),
      cmocka_unit_test_setup_teardown(test_json_that_must_be_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(test_reasons_for_broken_json, setup, teardown),
      cmocka_unit_test_setup_teardown(test_ill_formed_utf8, setup, teardown),
      cmocka_unit_test_setup_teardown(test_json_that_may_go_either_way, setup, teardown),
      cmocka_unit_test_setup_teardown(test_nesting, setup, teardown),
      cmocka_unit_test_setup_teardown(test_line_length, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damaged_lines, setup, teardown),
      cmocka_unit_test(test_small_limit),
      cmocka_unit_test(test_number_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What each kernel was compiled for. Forced, the parser does not ask whether the processor has it.
 * */
static bool processor_has(const char *kernel) {
#ifdef __x86_64__
  __builtin_cpu_init();
  bool westmere = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
  bool haswell = westmere && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                 __builtin_cpu_supports("bmi2");
  if (strcmp(kernel, "westmere") == 0) return westmere;
  if (strcmp(kernel, "haswell") == 0) return haswell;
  if (strcmp(kernel, "icelake") == 0)
    return haswell && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
#endif
  return strcmp(kernel, "fallback") == 0;
}

int main(int argc, char **argv) {
  static const char variable[] = "SIMDJSON_FORCE_IMPLEMENTATION";
  static const char *const kernels[] = {"fallback", "westmere", "haswell", "icelake"};
  (void)argc;
  if (getenv(variable)) return run_all();
  int failures = 0;
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    if (!processor_has(kernels[i])) continue;
    fprintf(stderr, "kernel %s\n", kernels[i]);
    pid_t child;
    int status = 0;
    if (setenv(variable, kernels[i], 1) != 0 ||
        posix_spawn(&child, "/proc/self/exe", NULL, NULL, argv, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
      failures++;
  }
  return failures > 0;
}

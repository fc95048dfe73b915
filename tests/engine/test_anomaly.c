/* test_anomaly.c - what goes wrong in the world: every request for memory refused in turn, over a
 * load, fifty events, the looks at leads and the tests of a treaty; and texts that somebody wrote
 * to break the compiler, those that are too large to lie beside the golden tests. The sanitizers
 * see to leaks. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#include "engine/limits.h"
#include "grammar/memory.h"
#include "grammar/parse.h"

#define NINE   INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define HOUR   INT64_C(3600000)
#define DAY    (24 * HOUR)
#define EVENTS 50

static const char desk[] =
    "party marketing\n"
    "party sales\n"
    "contact boss of sales \"boss@example.com\"\n"
    "type size as scale (small < middle < large)\n"
    "account { country text, trades set of (steel, wood), tags list of text }\n"
    "person { title text }\n"
    "lead { size number, kind size }\n"
    "list alpine \"AT\", \"CH\"\n"
    "catalogue desks keyed by country { country text, desk text  \"DE\" -> \"Berlin\"  \"AT\" -> "
    "\"Wien\" }\n"
    "event ask by buyer { size number, title text, country text }\n"
    "event yes by sales\n"
    "event rejected_it by sales { why one of (price, other) }\n"
    "on ask {\n"
    "  set lead.size to event.size  set person.title to event.title  set account.country to "
    "event.country\n"
    "  add steel to account.trades\n"
    "}\n"
    "signal big_ask on ask where size >= 50 and title has any of (\"head\", \"*boss\")\n"
    "score heat of account { halves every 3 days  on ask add 10, at most 25 in 1 day  on big_ask "
    "add 1, once }\n"
    "score fit of account { when country in alpine add 5  when account.trades has wood add 3 }\n"
    "define desk of account as desks(country).desk\n"
    "criterion hot met when heat >= 15\n"
    "criterion led met when any member has (title contains \"head\") unmet when no big_ask in last "
    "3 days\n"
    "phases of lead { aware  sure entered on big_ask  set entered when heat >= 30 }\n"
    "stages {\n"
    "  new  owned by marketing, opened by (ask)\n"
    "  good owned by marketing\n"
    "  sal  owned by sales\n"
    "  lost owned by marketing, lost, reason one of (price, other, no_answer)\n"
    "}\n"
    "team north of sales { pick by shares, at most 9 open leads each }\n"
    "people { \"jo\" in north, share 60%  \"mia\" in north, share 40% }\n"
    "agreement \"A\" version 1 between marketing and sales in force from 2026-01-01 {\n"
    "  applies when account.country is known\n"
    "  promote new to good when lead.size >= 100 or hot or led\n"
    "  hand good from marketing to sales when fit >= 0 accepted by yes to sal\n"
    "    rejected by rejected_it to lost with reason event.why\n"
    "    respond within 1 hour around the clock { at 50% remind sales  at 100% escalate to boss\n"
    "                                             at 150% return to lost with reason no_answer }\n"
    "  assign sal to previous rep else north\n"
    "  marketing owes to know lead.size within 2 hours around the clock after entering new\n"
    "  sales owes rejected_it 2 times within 3 hours in hours of rep after assignment {\n"
    "    at 50% remind sales  at 100% reassign to north  pauses while hot, at most 1 hour in all "
    "}\n"
    "  sales owes rejected_it every 1 day around the clock while stage = sal\n"
    "  marketing owes 3 good per week { at 10% remind marketing  at 100% tell boss \"few\" }\n"
    "  sales owes 2 yes per week each rep { at 50% escalate to boss }\n"
    "  sales owes 900 of size of ask per week\n"
    "  move new to lost after 2 days with reason no_answer\n"
    "  move sal to lost after 5 days with reason other\n"
    "  move new to lost when count of other leads of account with (stage = sal) > 3\n"
    "    with reason other\n"
    "}\n"
    "test \"as it should be\" {\n"
    "  clock 2026-03-02 09:00\n"
    "  account acme { country \"AT\", trades (wood), tags (\"a\", \"b\") }\n"
    "  send ask from acme/anna { size 50, title \"Head\" }\n"
    "  expect acme is good\n"
    "  expect acme is lost\n"
    "  expect handover of acme to sales due 2026-03-02 10:00\n"
    "  expect led of acme is not met\n"
    "}\n";

/* ---- Every request refused ---- */

typedef struct session {
  treaty_diags *diags;
  treaty_program *program;
  treaty_engine *engine;
} session;

static treaty_status send_number(session *session, uint32_t i) {
  static const char *const types[] = {"ask", "yes", "rejected_it", "ask", "ask"};
  static const char *const countries[] = {"DE", "at", "FR"};
  static const char *const accounts[] = {"acme", "other", "a third one"};
  sent_event sent;
  treaty_refusal refusal;
  prepare_event(&sent, session->program, types[i % 5], i, accounts[i % 3], NINE + i * HOUR);
  sent.event.person = text_of(i % 2 ? "anna" : "ben");
  sent.event.lead = text_of(i % 7 == 0 ? "L-7" : NULL);
  if (i % 5 == 2) set_integer(&sent, 0, i % 2);
  if (sent.event.type->field_count == 3) {
    set_integer(&sent, 0, (int64_t)i * 4000000);
    set_text(&sent, 1, i % 4 ? "clerk" : "Head of sales");
    set_text(&sent, 2, countries[i % 3]);
  }
  return treaty_engine_event(session->engine, &sent.event, NINE + i * HOUR, &refusal);
}

static treaty_status feed(session *session) {
  for (uint32_t i = 0; i < EVENTS; i++) {
    treaty_status status = send_number(session, i);
    if (status != TREATY_OK) return status;
    if (i % 10 != 9) continue;
    status = treaty_engine_advance(session->engine, NINE + i * HOUR + HOUR / 2);
    if (status != TREATY_OK) return status;
  }
  return treaty_engine_advance(session->engine, NINE + 20 * DAY);
}

static treaty_status live(session *session) {
  treaty_status status = load_text(text_of(desk), &session->diags, &session->program);
  if (status != TREATY_OK) return status;
  status = treaty_engine_new(session->program, NULL, &session->engine);
  return status == TREATY_OK ? feed(session) : status;
}

static void end(session *session) {
  treaty_engine_free(session->engine);
  treaty_program_free(session->program);
  treaty_diags_free(session->diags);
}

static void test_every_request_refused(void **state) {
  (void)state;
  int64_t requests = 0;
  for (;; requests++) {
    session session = {0};
    tr_memory_fail_after = requests;
    treaty_status status = live(&session);
    tr_memory_fail_after = -1;
    end(&session);
    if (status == TREATY_OK) break;
    assert_int_equal(status, TREATY_NO_MEMORY);
  }
  print_message("%lld requests\n", (long long)requests);
  assert_true(requests > 20);
}

/* The desk as its second version, with other scores and people who are the same. */
static void write_newer(char *newer) {
  static const char *const changes[][2] = {{"version 1", "version 2"},
                                           {"2026-01-01", "2026-03-03"},
                                           {"heat >= 15", "heat >= 14"},
                                           {"has wood add 3", "has wood add 4"},
                                           {"\"AT\", \"CH\"", "\"AT\", \"IT\""}};
  memcpy(newer, desk, sizeof desk);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    char *at = strstr(newer, changes[i][0]);
    assert_non_null(at);
    memcpy(at, changes[i][1], strlen(changes[i][1]));
  }
}

static treaty_status live_beside(session *session, const char *newer) {
  treaty_status status =
      load_beside(text_of(desk), text_of(newer), &session->diags, &session->program);
  if (status != TREATY_OK) return status;
  status = treaty_engine_new(session->program, NULL, &session->engine);
  return status == TREATY_OK ? feed(session) : status;
}

static void test_every_request_of_two_versions_refused(void **state) {
  (void)state;
  static char newer[sizeof desk];
  int64_t requests = 0;
  write_newer(newer);
  for (;; requests++) {
    session session = {0};
    tr_memory_fail_after = requests;
    treaty_status status = live_beside(&session, newer);
    tr_memory_fail_after = -1;
    end(&session);
    if (status == TREATY_OK) break;
    assert_int_equal(status, TREATY_NO_MEMORY);
  }
  print_message("%lld requests of two versions\n", (long long)requests);
  assert_true(requests > 20);
}

/* The same for what only looks: it answers nothing, and can be asked again. */
static void test_looks_survive_without_memory(void **state) {
  (void)state;
  session session = {0};
  size_t count;
  assert_int_equal(live(&session), TREATY_OK);
  const treaty_lead *leads = treaty_engine_account(session.engine, text_of("acme"), &count);
  assert_true(count >= 1);
  treaty_lead lead = leads[0];
  lead.account = text_of("acme");
  char id[64];
  assert_true(lead.id.length < sizeof id);
  memcpy(id, lead.id.bytes, lead.id.length);
  lead.id.bytes = id;
  for (int64_t requests = 0; requests < 12; requests++) {
    size_t outlooks, stretches, steps;
    tr_memory_fail_after = requests;
    treaty_engine_outlook(session.engine, &lead, &outlooks);
    treaty_engine_way(session.engine, &lead, "sal", &steps);
    treaty_engine_value(session.engine, &lead, "heat");
    treaty_engine_stretches(session.engine, &lead, &stretches);
    treaty_engine_account(session.engine, text_of("acme"), &count);
    tr_memory_fail_after = -1;
  }
  assert_non_null(treaty_engine_value(session.engine, &lead, "heat"));
  assert_non_null(treaty_engine_account(session.engine, text_of("acme"), &count));
  assert_true(count >= 1);
  end(&session);
}

static void test_tests_without_memory(void **state) {
  (void)state;
  session session = {0};
  const treaty_test_result *result = NULL;
  assert_int_equal(load_text(text_of(desk), &session.diags, &session.program), TREATY_OK);
  assert_int_equal(treaty_program_test_count(session.program), 1);
  int64_t requests = 0;
  for (;; requests++) {
    tr_memory_fail_after = requests;
    treaty_status status = treaty_test_run(session.program, 0, &result);
    tr_memory_fail_after = -1;
    if (status == TREATY_OK) break;
    assert_int_equal(status, TREATY_NO_MEMORY);
    assert_null(result);
  }
  assert_true(requests > 3);
  assert_int_equal(result->expectations, 4);
  assert_int_equal(result->failure_count, 2);
  end(&session);
}

static void test_wrong_texts_without_memory(void **state) {
  (void)state;
  static const char wrong[] =
      "party sales\nparty sales\naccount { a txt, b text\nb number }\n"
      "define x of account as y\ndefine y of account as x\n? == \"unended\nstages { new owned by "
      "sale }\n";
  int64_t requests = 0;
  for (;; requests++) {
    treaty_diags *diags;
    treaty_program *program;
    tr_memory_fail_after = requests;
    treaty_status status = load_text(text_of(wrong), &diags, &program);
    tr_memory_fail_after = -1;
    assert_null(program);
    bool done = status == TREATY_INVALID;
    if (done) assert_true(treaty_diags_error_count(diags) >= 4);
    treaty_diags_free(diags);
    if (done) break;
    assert_int_equal(status, TREATY_NO_MEMORY);
  }
  assert_true(requests > 0);
}

/* ---- Mean texts ---- */

typedef struct paper {
  char *bytes;
  size_t length, room;
} paper;

static void put(paper *paper, const char *text) {
  size_t length = strlen(text);
  if (paper->length + length > paper->room) {
    paper->room = (paper->length + length) * 2;
    paper->bytes = realloc(paper->bytes, paper->room);
    assert_non_null(paper->bytes);
  }
  memcpy(paper->bytes + paper->length, text, length);
  paper->length += length;
}

static void put_times(paper *paper, const char *text, size_t count) {
  for (size_t i = 0; i < count; i++) put(paper, text);
}

static void put_numbered(paper *paper, const char *format, size_t count) {
  for (size_t i = 1; i <= count; i++) {
    char line[200];
    snprintf(line, sizeof line, format, (unsigned)i, (unsigned)i + 1);
    put(paper, line);
  }
}

#define EITHER \
  "*"               /* taken, or refused with whatever: that it ends in good order is what matters \
                     */
#define REFUSED "!" /* with whatever code */

/* Loads it; `code` is that of one of the errors, or NULL where there is none. */
static void expect_load(const char *name, paper *paper, const char *code) {
  treaty_diags *diags;
  treaty_program *program;
  treaty_text text = {paper->bytes ? paper->bytes : "", paper->length};
  treaty_status status = load_text(text, &diags, &program);
  bool found = false, either = code && strcmp(code, EITHER) == 0;
  for (size_t i = 0; i < treaty_diags_count(diags); i++) {
    const treaty_diag *diag = treaty_diags_at(diags, i);
    if (!code || diag->severity != TREATY_ERROR) continue;
    found |= strcmp(diag->code, code) == 0 || strcmp(code, REFUSED) == 0;
  }
  if (either) {
    assert_int_equal(status, treaty_diags_error_count(diags) > 0 ? TREATY_INVALID : TREATY_OK);
  } else if (status != (code ? TREATY_INVALID : TREATY_OK) || found != (code != NULL)) {
    if (treaty_diags_count(diags) > 0) print_error("%s\n", treaty_diags_at(diags, 0)->message);
    fail_msg("%s: status %d, expected %s", name, status, code ? code : "no error");
  }
  treaty_program_free(program);
  treaty_diags_free(diags);
  free(paper->bytes);
  *paper = (struct paper){0};
}

static void test_long_texts(void **state) {
  (void)state;
  paper paper = {0};
  expect_load("nothing", &paper, NULL);

  put(&paper, "account { a number }\ndefine x of account as a in (0");
  put_times(&paper, ", 1", 300000);
  put(&paper, ")\n");
  expect_load("a long list", &paper, NULL);

  put(&paper, "# ");
  put_times(&paper, "a very long comment ", 100000);
  expect_load("a long line", &paper, NULL);

  put(&paper, "party ");
  put_times(&paper, "abcdefghij", 100000);
  expect_load("a long name", &paper, NULL);

  put(&paper, "list l \"");
  put_times(&paper, "abcdefghij", 100000);
  expect_load("a long text without end", &paper, "unended_text");

  put_times(&paper, "\n", TR_FILE_BYTES_MAX);
  expect_load("16 MiB of nothing", &paper, NULL);

  put_times(&paper, "\n", TR_FILE_BYTES_MAX + 1);
  expect_load("a byte more", &paper, "out_of_range");
}

static void test_deep_texts(void **state) {
  (void)state;
  paper paper = {0};
  put(&paper, "account { a flag }\ndefine x of account as ");
  put_times(&paper, "(", TR_NESTING_MAX - 1);
  put(&paper, "a");
  put_times(&paper, ")", TR_NESTING_MAX - 1);
  expect_load("parentheses", &paper, NULL);

  put(&paper, "account { a flag }\ndefine x of account as ");
  put_times(&paper, "(", 1000000);
  expect_load("a million parentheses", &paper, "too_deep");

  put_times(&paper, "{", 1000000);
  expect_load("a million braces", &paper, "too_deep");

  put_times(&paper, "}", 100000);
  expect_load("braces that close nothing", &paper, "unexpected");

  put(&paper, "account { a flag }\ndefine x of account as ");
  put_times(&paper, "not ", 100000);
  put(&paper, "a");
  expect_load("a long 'not'", &paper, "too_deep");

  put(&paper, "account { a number }\ndefine x of account as a");
  put_times(&paper, " + a", 100000);
  expect_load("a long sum", &paper, "too_deep");

  put(&paper, "account { a number }\ndefine x of account as ");
  put_times(&paper, "larger of (a, ", 100000);
  expect_load("larger of larger of", &paper, "too_deep");
}

static void test_wide_texts(void **state) {
  (void)state;
  paper paper = {0};
  put(&paper, "account { a number }\ndefine x of account as at least 1 of (a = 1");
  put_times(&paper, ", a = 1", TR_REGISTERS_MAX + 10);
  put(&paper, ")\n");
  expect_load("more conditions than registers", &paper, "too_deep");

  put(&paper, "account { s one of (v0");
  put_numbered(&paper, ", v%u", TR_ENUM_VALUES_MAX);
  put(&paper, ") }\n");
  expect_load("more values than a type has", &paper, "out_of_range");

  put(&paper, "party p0\nstages { s0 owned by p0\n");
  put_numbered(&paper, "  s%u owned by p0\n", TR_STAGES_MAX);
  put(&paper, "}\n");
  expect_load("more stages than a treaty has", &paper, "out_of_range");

  put(&paper,
      "party p0\nstages { s0 owned by p0 }\n"
      "agreement \"a\" version 1 between p0 in force from 2026-01-01 {\n  applies otherwise\n");
  put_times(&paper, "  move s0 to s0 after 3 days\n", TR_CLAUSES_MAX + 1);
  put(&paper, "}\n");
  expect_load("more clauses than an agreement has", &paper, "out_of_range");

  put_numbered(&paper, "party p%u\n", 5000);
  expect_load("five thousand parties", &paper, "out_of_range");

  put_times(&paper, "? ", 100000);
  expect_load("a hundred thousand errors", &paper, "stray_character");
}

static void test_texts_with_nul_and_noise(void **state) {
  (void)state;
  static const char nul[] = "party \0sales\nparty a\0b\n\0";
  paper paper = {.bytes = malloc(sizeof nul), .length = sizeof nul};
  assert_non_null(paper.bytes);
  memcpy(paper.bytes, nul, sizeof nul);
  expect_load("NUL", &paper, "stray_character");
  for (int byte = 1; byte < 32; byte++) {
    char text[] = {(char)byte, '\0'};
    if (strchr("\t\n\r", byte)) continue;
    put(&paper, "party a\nlist l \"");
    put(&paper, "ok\"\n");
    put(&paper, text);
    expect_load("a control character", &paper, "stray_character");
  }
  static const char *const not_utf8[] = {
      "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"};
  for (size_t i = 0; i < sizeof not_utf8 / sizeof *not_utf8; i++) {
    put(&paper, "# ");
    put(&paper, not_utf8[i]);
    expect_load("what is no UTF-8", &paper, "not_utf8");
  }
}

static void test_chains_and_rings(void **state) {
  (void)state;
  static const char *const rings[] = {
      "type a as a\naccount { x a }\n",
      "type a as b\ntype b as a\naccount { x b }\n",
      "type a as set of a\naccount { x a }\n",
      "define a of lead as b\ncriterion b met when a\n",
      "define a of lead as any other lead of account has (a)\n",
      "event e by buyer\nscore s of person { when d add 1 }\ndefine d of person as s >= 1\n",
  };
  paper paper = {0};
  put(&paper, "account { a number }\ndefine d0 of account as a\n");
  put_numbered(&paper, "define d%u of account as d%u\n", 900);
  put(&paper, "define d901 of account as a\n");
  expect_load("a chain of definitions", &paper, NULL);

  put(&paper, "account { a number }\n");
  put_numbered(&paper, "define d%u of account as d%u\n", 500);
  put(&paper, "define d501 of account as d1\n");
  expect_load("a ring of definitions", &paper, "defined_by_itself");

  put(&paper, "event ask by buyer\n");
  put_numbered(&paper, "signal s%u on s%u\n", 500);
  put(&paper, "signal s501 on ask\n");
  expect_load("a chain of signals", &paper, NULL);

  put(&paper, "account { a number }\n");
  put_numbered(&paper, "define d%u of account as d%u\n", 30000);
  put(&paper, "define d30001 of account as a\n");
  expect_load("a very long chain of definitions", &paper, EITHER);

  for (size_t i = 0; i < sizeof rings / sizeof *rings; i++) {
    put(&paper, rings[i]);
    expect_load(rings[i], &paper, REFUSED);
  }
}

static void test_long_and_or(void **state) {
  (void)state;
  paper paper = {0};
  put(&paper, "account { a number }\ndefine x of account as a = 0");
  put_times(&paper, " or a = 1", 120000); /* a megabyte */
  expect_load("a long 'or'", &paper, EITHER);

  put(&paper, "account { a number }\ndefine x of account as a = 0");
  put_times(&paper, " and a = 1", 120000);
  expect_load("a long 'and'", &paper, EITHER);
}

/* ---- Files that use files ---- */

static treaty_status load_chain(uint32_t length, bool ring, treaty_diags **diags,
                                treaty_program **program) {
  memory_file *files = calloc(length, sizeof *files);
  char(*paths)[24] = calloc(length, sizeof *paths), (*texts)[48] = calloc(length, sizeof *texts);
  assert_true(files && paths && texts);
  for (uint32_t i = 0; i < length; i++) {
    bool last = i + 1 == length;
    snprintf(paths[i], sizeof *paths, "f%u.treaty", i);
    if (!last || ring) snprintf(texts[i], sizeof *texts, "use \"f%u\"\n", last ? 0 : i + 1);
    files[i] = (memory_file){paths[i], text_of(texts[i])};
  }
  memory_files all = {files, length};
  treaty_host host = {&all, read_memory_file, read_no_zone};
  treaty_status status = treaty_load(&host, "f0.treaty", diags, program);
  free(files);
  free(paths);
  free(texts);
  return status;
}

static void test_files_that_use_files(void **state) {
  (void)state;
  static const struct {
    uint32_t length;
    bool ring;
    const char *code;
  } rows[] = {{1, false, NULL},
              {TR_USE_DEPTH_MAX, false, NULL},
              {TR_USE_DEPTH_MAX + 1, false, "too_deep"},
              {1, true, "use_cycle"},
              {2, true, "use_cycle"},
              {TR_USE_DEPTH_MAX, true, "use_cycle"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    treaty_diags *diags;
    treaty_program *program;
    treaty_status status = load_chain(rows[i].length, rows[i].ring, &diags, &program);
    assert_int_equal(status, rows[i].code ? TREATY_INVALID : TREATY_OK);
    assert_int_equal(treaty_diags_error_count(diags), rows[i].code ? 1 : 0);
    if (rows[i].code) assert_string_equal(treaty_diags_at(diags, 0)->code, rows[i].code);
    treaty_program_free(program);
    treaty_diags_free(diags);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_request_refused),
      cmocka_unit_test(test_every_request_of_two_versions_refused),
      cmocka_unit_test(test_looks_survive_without_memory),
      cmocka_unit_test(test_tests_without_memory),
      cmocka_unit_test(test_wrong_texts_without_memory),
      cmocka_unit_test(test_long_texts),
      cmocka_unit_test(test_deep_texts),
      cmocka_unit_test(test_wide_texts),
      cmocka_unit_test(test_texts_with_nul_and_noise),
      cmocka_unit_test(test_files_that_use_files),
      cmocka_unit_test(test_chains_and_rings),
      cmocka_unit_test(test_long_and_or),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_csv.c - catalogues from large files: every row is found, and a file with too many fields is
 * refused. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#define ROWS     50000
#define LOOKS    500
#define NOON     INT64_C(1772452800000) /* 2026-03-02 12:00 UTC */
#define MOST     1000000                /* fields of a file */
#define SHUFFLED 7919                   /* shares no factor with ROWS */

static const char home[] =
    "party desk\n"
    "catalogue prices keyed by name { name text, price number } from \"prices.csv\"\n"
    "lead { offer text }\n"
    "event ask by buyer { offer text }\n"
    "on ask { set lead.offer to event.offer }\n"
    "define price of lead as prices(lead.offer).price\n"
    "stages { new owned by desk, opened by (ask)  gone owned by desk, lost }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to gone after 3 days\n"
    "}\n";

static treaty_status load_with(const char *csv, size_t length, treaty_diags **diags,
                               treaty_program **program) {
  memory_file list[] = {{.path = "main.treaty", .text = text_of(home)},
                        {.path = "prices.csv", .text = {.bytes = csv, .length = length}}};
  memory_files files = {.items = list, .count = 2};
  treaty_host host = {.context = &files, .read_file = read_memory_file, .read_zone = read_no_zone};
  return treaty_load(&host, "main.treaty", diags, program);
}

/* Row i is called "part, i" and costs i; rows stand in no order. */
static char *many_rows(int rows, size_t *length) {
  char *csv;
  FILE *out = open_memstream(&csv, length);
  assert_non_null(out);
  fputs("price,name\r\n", out);
  for (int i = 0; i < rows; i++) {
    int number = (int)((long long)i * SHUFFLED % rows);
    fprintf(out, "%d,\"part, %d\"\r\n", number, number);
  }
  fclose(out);
  return csv;
}

static void expect_price(treaty_engine *engine, const treaty_program *program, uint32_t number,
                         int row, const char *expected) {
  char account[16], offer[24];
  sent_event sent;
  treaty_refusal refusal;
  size_t count;
  snprintf(account, sizeof account, "a%u", number);
  snprintf(offer, sizeof offer, "PART, %d", row);
  prepare_event(&sent, program, "ask", number, account, NOON);
  set_text(&sent, 0, offer);
  assert_int_equal(treaty_engine_event(engine, &sent.event, NOON, &refusal), TREATY_OK);
  const treaty_lead *lead = treaty_engine_account(engine, text_of(account), &count);
  assert_string_equal(treaty_engine_value(engine, lead, "price"), expected);
}

static void test_every_row_is_found(void **state) {
  (void)state;
  treaty_diags *diags;
  treaty_program *program;
  treaty_engine *engine;
  size_t length;
  char *csv = many_rows(ROWS, &length);
  assert_int_equal(load_with(csv, length, &diags, &program), TREATY_OK);
  assert_int_equal(treaty_engine_new(program, NULL, &engine), TREATY_OK);
  for (int i = 0; i <= LOOKS; i++) {
    char expected[16];
    int row = (int)((long long)i * (ROWS - 1) / LOOKS);
    snprintf(expected, sizeof expected, "%d", row);
    expect_price(engine, program, (uint32_t)i, row, expected);
  }
  expect_price(engine, program, LOOKS + 1, ROWS, "unknown");
  treaty_engine_free(engine);
  treaty_program_free(program);
  treaty_diags_free(diags);
  free(csv);
}

static void test_too_many_fields(void **state) {
  (void)state;
  treaty_diags *diags;
  treaty_program *program;
  size_t length;
  char *csv = many_rows(MOST / 2, &length);
  assert_int_equal(load_with(csv, length, &diags, &program), TREATY_INVALID);
  assert_int_equal(treaty_diags_count(diags), 1);
  const treaty_diag *diag = treaty_diags_at(diags, 0);
  assert_string_equal(diag->code, "out_of_range");
  assert_string_equal(diag->message, "a file has fewer than 1000000 fields");
  assert_string_equal(diag->place.file, "prices.csv");
  treaty_diags_free(diags);
  free(csv);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_row_is_found),
                                     cmocka_unit_test(test_too_many_fields)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

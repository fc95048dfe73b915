/* test_cli_units.c - the parts of the command line that work on values alone: JSON texts, decisions
 * on the wire, ranks, tables, and the bundle a program is named by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/decision_json.h"
#include "runtime/decision_read.h"
#include "runtime/host.h"
#include "runtime/party_tally.h"
#include "runtime/table.h"
#include "runtime/terminal.h"

#define TEXT(literal) ((treaty_text){.bytes = (literal), .length = sizeof(literal) - 1})

/* 2026-11-06T13:00:00Z */
#define FRIDAY_MS INT64_C(1793970000000)

/* ---- JSON texts ------------------------------------------------------------------------------ */

static void check_json(const char *text, size_t length, const char *expected) {
  buffer out = {0};
  buffer_json(&out, text, length);
  assert_string_equal(buffer_text(&out), expected);
  buffer_free(&out);
}

static void json_texts_escape_what_json_forbids(void **state) {
  (void)state;
  check_json("", 0, "\"\"");
  check_json("plain", 5, "\"plain\"");
  check_json("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
  check_json("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
  check_json("\0\x01\x1f", 3, "\"\\u0000\\u0001\\u001f\"");
  check_json("\x7f/\xc3\xa9", 4, "\"\x7f/\xc3\xa9\""); /* these stand for themselves */
}

static void a_buffer_grows_and_keeps_what_it_holds(void **state) {
  (void)state;
  buffer out = {0};
  for (int i = 0; i < 1000; i++) buffer_print(&out, "%03d,", i);
  assert_int_equal(out.length, 4000);
  assert_memory_equal(out.bytes + 4 * 517, "517,", 4);
  buffer_clear(&out);
  assert_string_equal(buffer_text(&out), "");
  buffer_free(&out);
}

/* ---- Decisions ------------------------------------------------------------------------------- */

static void check_decision_json(const treaty_decision *decision, const char *expected) {
  buffer out = {0};
  decision_json(&out, decision);
  assert_string_equal(buffer_text(&out), expected);
  buffer_free(&out);
}

static void an_event_of_a_lead_says_only_what_it_knows(void **state) {
  (void)state;
  treaty_decision opened = {.kind = TREATY_LEAD_OPENED,
                            .seq = 1,
                            .n = 1,
                            .time_ms = FRIDAY_MS,
                            .account = TEXT("a\"cme"),
                            .lead = TEXT("L1"),
                            .to = "inquiry",
                            .due_ms = TREATY_NEVER};
  check_decision_json(&opened,
                      "{\"specversion\":\"1.0\",\"id\":\"1.1\",\"source\":\"/treaty/\","
                      "\"type\":\"treaty.lead.opened\",\"time\":\"2026-11-06T13:00:00.000Z\","
                      "\"account\":\"a\\\"cme\",\"lead\":\"L1\",\"data\":{\"to\":\"inquiry\"}}");
}

static void a_handover_has_all_its_measures(void **state) {
  (void)state;
  treaty_because facts[] = {{.name = "fit", .value = "50", .seq = 7},
                            {.name = "member.title", .person = TEXT("anna"), .value = "\"head\""}};
  treaty_decision rejected = {.kind = TREATY_HANDOVER_REJECTED,
                              .seq = 18446744073709551615u,
                              .n = 2,
                              .time_ms = FRIDAY_MS + 1,
                              .account = TEXT("acme"),
                              .lead = TEXT("L1"),
                              .agreement = "DACH mid/market@2",
                              .version = 3,
                              .file = "dach.treaty",
                              .line = 52,
                              .party = "sales",
                              .reason = "no_budget",
                              .late = true,
                              .due_ms = FRIDAY_MS,
                              .offered_ms = FRIDAY_MS - 3600000,
                              .answered_ms = FRIDAY_MS + 1,
                              .open_ms = 0,
                              .wall_ms = 3600001,
                              .cause_source = TEXT("/crm"),
                              .cause_id = TEXT("e-1"),
                              .because = facts,
                              .because_count = 2};
  check_decision_json(
      &rejected,
      "{\"specversion\":\"1.0\",\"id\":\"18446744073709551615.2\","
      "\"source\":\"/treaty/DACH%20mid%2Fmarket%402@3\",\"type\":\"treaty.handover.rejected\","
      "\"time\":\"2026-11-06T13:00:00.001Z\",\"account\":\"acme\",\"lead\":\"L1\","
      "\"causationsource\":\"/crm\",\"causationid\":\"e-1\",\"data\":{\"party\":\"sales\","
      "\"reason\":\"no_budget\",\"late\":true,\"due\":\"2026-11-06T13:00:00.000Z\","
      "\"offered\":\"2026-11-06T12:00:00.000Z\",\"answered\":\"2026-11-06T13:00:00.001Z\","
      "\"open_ms\":0,\"wall_ms\":3600001,\"clause\":\"dach.treaty:52\",\"because\":["
      "{\"name\":\"fit\",\"value\":\"50\",\"seq\":7},"
      "{\"name\":\"member.title\",\"person\":\"anna\",\"value\":\"\\\"head\\\"\"}]}}");
}

static void percent_is_written_without_zeros_at_the_end(void **state) {
  (void)state;
  treaty_decision reminded = {.kind = TREATY_HANDOVER_REMINDED,
                              .seq = 2,
                              .n = 1,
                              .time_ms = FRIDAY_MS,
                              .account = TEXT("acme"),
                              .party = "sales",
                              .due_ms = TREATY_NEVER,
                              .offered_ms = FRIDAY_MS,
                              .percent_millionths = 125000};
  buffer out = {0};
  decision_json(&out, &reminded);
  assert_non_null(strstr(buffer_text(&out), "\"percent\":12.5}"));
  buffer_free(&out);
}

static void a_line_for_people_holds_no_control_characters(void **state) {
  (void)state;
  treaty_decision offered = {.kind = TREATY_HANDOVER_OFFERED,
                             .time_ms = FRIDAY_MS,
                             .account = TEXT("ac\x1bm\xc2\x9b\xc3\xa9"),
                             .lead = TEXT("L\n1"),
                             .party = "sales",
                             .file = "dach.treaty",
                             .line = 52,
                             .due_ms = FRIDAY_MS + 250};
  buffer out = {0};
  decision_text(&out, NULL, &offered);
  assert_string_equal(buffer_text(&out),
                      "2026-11-06 13:00:00Z  ac?m?\xc3\xa9  L?1  offered to sales, answer due "
                      "2026-11-06 13:00:00.250Z   (dach.treaty:52)");
  buffer_free(&out);
}

/* Read back from its CloudEvent it says the same to people. */
static void check_read_back(treaty_decision decision, const char *expected) {
  buffer json = {0}, text = {0}, again = {0};
  decision_read read;
  decision.account = TEXT("acme");
  decision.lead = TEXT("1");
  decision.time_ms = FRIDAY_MS;
  decision_json(&json, &decision);
  assert_true(
      decision_read_line(&read, (treaty_text){.bytes = buffer_text(&json), .length = json.length}));
  decision_text(&text, NULL, &decision);
  decision_text(&again, NULL, &read.decision);
  assert_string_equal(buffer_text(&again), buffer_text(&text));
  assert_non_null(strstr(buffer_text(&text), expected));
  decision_read_close(&read);
  buffer_free(&json);
  buffer_free(&text);
  buffer_free(&again);
}

static void what_is_read_back_says_the_same(void **state) {
  (void)state;
  treaty_because wanted[] = {
      {.name = "lead.budget", .value = "unknown", .question = "Is there \"money\"?"},
      {.name = "member.roles", .person = TEXT("anna"), .value = "unknown"}};
  check_read_back((treaty_decision){.kind = TREATY_CLAUSE_STUCK,
                                    .from = "new",
                                    .to = "ready",
                                    .party = "sales",
                                    .offered_ms = FRIDAY_MS - 86400000,
                                    .due_ms = TREATY_NEVER,
                                    .because = wanted,
                                    .because_count = 2},
                  "stuck for 1 day on the way to ready: sales is to find out lead.budget, "
                  "member.roles of anna");
  check_read_back((treaty_decision){.kind = TREATY_CLOCK_PAUSED,
                                    .name = "call",
                                    .party = "sales",
                                    .by = "buyer",
                                    .offered_ms = FRIDAY_MS,
                                    .due_ms = TREATY_NEVER},
                  "clock of call stands still because of the buyer");
  check_read_back((treaty_decision){.kind = TREATY_LEAD_HELD,
                                    .party = "sales",
                                    .actor = TEXT("jo"),
                                    .due_ms = FRIDAY_MS,
                                    .reason = "talks"},
                  "held by sales (jo) until 2026-11-06 13:00:00Z, reason talks");
}

/* ---- Ranks and tables ------------------------------------------------------------------------ */

static void ranks_are_values_that_occurred(void **state) {
  (void)state;
  int64_t values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  assert_int_equal(tally_nearest_rank(values, 1, 50), 1);
  assert_int_equal(tally_nearest_rank(values, 2, 50), 1);
  assert_int_equal(tally_nearest_rank(values, 3, 50), 2);
  assert_int_equal(tally_nearest_rank(values, 10, 50), 5);
  assert_int_equal(tally_nearest_rank(values, 10, 90), 9);
  assert_int_equal(tally_nearest_rank(values, 9, 90), 9);
  assert_int_equal(tally_nearest_rank(values, 10, 100), 10);
  assert_int_equal(tally_nearest_rank(values, 10, 1), 1);
}

static void tables_align_numbers_to_the_right(void **state) {
  (void)state;
  table table;
  buffer out = {0};
  table_init(&table, "tn");
  table_text(&table, "who");
  table_text(&table, "leads");
  table_text(&table, "caf\xc3\xa9");
  table_count(&table, 1204331);
  table_put(&table, &out);
  assert_string_equal(buffer_text(&out), "  who        leads\n  caf\xc3\xa9   1,204,331\n");
  buffer_free(&out);
}

static void numbers_have_their_thousands_apart(void **state) {
  (void)state;
  char text[TABLE_NUMBER_BYTES];
  assert_string_equal(table_number(0, text), "0");
  assert_string_equal(table_number(999, text), "999");
  assert_string_equal(table_number(1000, text), "1,000");
  assert_string_equal(table_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

/* ---- Bundles --------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const char *content) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fputs(content, file) >= 0, 1);
  assert_int_equal(fclose(file), 0);
}

/* Asks as a load would: for the main file first. */
static void ask(host *host, const char *main_path, const char *other_path) {
  treaty_host callbacks = host_callbacks(host);
  treaty_text text;
  const char *why;
  assert_true(callbacks.read_file(callbacks.context, main_path, &text, &why));
  assert_int_equal(text.length, 5);
  assert_memory_equal(text.bytes, "main\n", 5);
  assert_true(callbacks.read_file(callbacks.context, other_path, &text, &why));
  assert_int_equal(text.length, 6);
  assert_memory_equal(text.bytes, "other\n", 6);
}

/* A folder with main.treaty and other.treaty; its path is freed by the caller. */
static char *make_folder(void) {
  char *folder = strdup("/tmp/treaty_cli_units_XXXXXX");
  assert_non_null(folder);
  assert_non_null(mkdtemp(folder));
  write_file(folder, "main.treaty", "main\n");
  write_file(folder, "other.treaty", "other\n");
  return folder;
}

static void remove_folder(char *folder) {
  char path[512];
  snprintf(path, sizeof path, "%s/main.treaty", folder);
  unlink(path);
  snprintf(path, sizeof path, "%s/other.treaty", folder);
  unlink(path);
  assert_int_equal(rmdir(folder), 0);
  free(folder);
}

static void a_bundle_is_the_same_wherever_the_treaty_lies(void **state) {
  (void)state;
  char *here = make_folder(), *there = make_folder();
  char main_path[600], other_path[600], hash_here[65], hash_there[65];
  host *first = host_new(), *second = host_new();
  snprintf(main_path, sizeof main_path, "%s/main.treaty", here);
  snprintf(other_path, sizeof other_path, "%s/../%s/other.treaty", here, strrchr(here, '/') + 1);
  ask(first, main_path, other_path);
  snprintf(main_path, sizeof main_path, "%s/./main.treaty", there);
  snprintf(other_path, sizeof other_path, "%s/other.treaty", there);
  ask(second, main_path, other_path);
  host_hash(first, hash_here);
  host_hash(second, hash_there);
  assert_string_equal(hash_here, hash_there);
  assert_int_equal(strlen(hash_here), 64);
  assert_string_equal(host_main_path(first), "main.treaty");
  host_free(first);
  host_free(second);
  remove_folder(here);
  remove_folder(there);
}

static void a_bundle_answers_without_the_disk(void **state) {
  (void)state;
  char *folder = make_folder();
  char main_path[600], other_path[600], hash[65], hash_again[65];
  host *disk = host_new();
  snprintf(main_path, sizeof main_path, "%s/main.treaty", folder);
  snprintf(other_path, sizeof other_path, "%s/other.treaty", folder);
  ask(disk, main_path, other_path);
  buffer bundle = {0};
  host_bundle(disk, &bundle);
  host_hash(disk, hash);
  host_free(disk);
  remove_folder(folder);

  const char *why = NULL;
  host *stored = host_from_bundle(bundle.bytes, bundle.length, &why);
  assert_non_null(stored);
  assert_string_equal(host_main_path(stored), "main.treaty");
  ask(stored, "main.treaty", "other.treaty");
  treaty_text text;
  treaty_host callbacks = host_callbacks(stored);
  assert_false(callbacks.read_file(callbacks.context, "third.treaty", &text, &why));
  assert_string_equal(why, "not in the bundle");
  host_hash(stored, hash_again);
  assert_string_equal(hash, hash_again);
  host_free(stored);

  /* Cut off anywhere within its last piece, it is no bundle. */
  for (size_t cut = 1; cut <= 6; cut++)
    assert_null(host_from_bundle(bundle.bytes, bundle.length - cut, &why));
  assert_null(host_from_bundle("", 0, &why));
  const char nameless[] = "treaty-bundle 1\nmain 1 \0a\n \n";
  assert_null(host_from_bundle(nameless, sizeof nameless - 1, &why));
  bundle.bytes[14] = '2'; /* another version */
  assert_null(host_from_bundle(bundle.bytes, bundle.length, &why));
  buffer_free(&bundle);
}

static treaty_status load_from(host *host, const char *path) {
  treaty_host callbacks = host_callbacks(host);
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&callbacks, path, &diags, &program);
  treaty_diags_free(diags);
  treaty_program_free(program);
  return status;
}

static void a_bundle_holds_the_lists(void **state) {
  (void)state;
  char *folder = make_folder();
  char main_path[600], hash[65], other_hash[65];
  write_file(folder, "main.treaty", "list other from \"other.treaty\"\n");
  snprintf(main_path, sizeof main_path, "%s/main.treaty", folder);
  host *disk = host_new(), *later = host_new();
  assert_int_equal(load_from(disk, main_path), TREATY_OK);
  buffer bundle = {0};
  host_bundle(disk, &bundle);
  host_hash(disk, hash);
  write_file(folder, "other.treaty", "other\nmore\n");
  assert_int_equal(load_from(later, main_path), TREATY_OK);
  host_hash(later, other_hash);
  assert_string_not_equal(hash, other_hash);
  remove_folder(folder);

  const char *why = NULL;
  host *stored = host_from_bundle(bundle.bytes, bundle.length, &why);
  assert_int_equal(load_from(stored, host_main_path(stored)), TREATY_OK);
  host_free(disk);
  host_free(later);
  host_free(stored);
  buffer_free(&bundle);
}

static void zones_stay_in_their_folder(void **state) {
  (void)state;
  host *disk = host_new();
  treaty_host callbacks = host_callbacks(disk);
  treaty_text text;
  const char *why = NULL;
  assert_true(callbacks.read_zone(callbacks.context, "Europe/Berlin", &text, &why));
  assert_memory_equal(text.bytes, "TZif", 4);
  assert_false(callbacks.read_zone(callbacks.context, "../../../etc/hostname", &text, &why));
  assert_string_equal(why, "no time zone has such a name");
  assert_false(callbacks.read_zone(callbacks.context, "Europe/Nowhere", &text, &why));
  assert_string_equal(why, "no such file");
  host_free(disk);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_texts_escape_what_json_forbids),
      cmocka_unit_test(a_buffer_grows_and_keeps_what_it_holds),
      cmocka_unit_test(an_event_of_a_lead_says_only_what_it_knows),
      cmocka_unit_test(a_handover_has_all_its_measures),
      cmocka_unit_test(percent_is_written_without_zeros_at_the_end),
      cmocka_unit_test(a_line_for_people_holds_no_control_characters),
      cmocka_unit_test(what_is_read_back_says_the_same),
      cmocka_unit_test(ranks_are_values_that_occurred),
      cmocka_unit_test(tables_align_numbers_to_the_right),
      cmocka_unit_test(numbers_have_their_thousands_apart),
      cmocka_unit_test(a_bundle_is_the_same_wherever_the_treaty_lies),
      cmocka_unit_test(a_bundle_answers_without_the_disk),
      cmocka_unit_test(a_bundle_holds_the_lists),
      cmocka_unit_test(zones_stay_in_their_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

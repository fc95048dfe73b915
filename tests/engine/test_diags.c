/* test_diags.c - which findings are kept when there are very many, and that all are text. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

static size_t count_of(treaty_diags *diags, treaty_severity severity) {
  size_t count = 0;
  for (size_t i = 0; i < treaty_diags_count(diags); i++)
    count += treaty_diags_at(diags, i)->severity == severity;
  return count;
}

/* A table whose first row cuts across all others: a warning for each of them. */
static size_t write_table(char *text, size_t room, int rows) {
  int used = snprintf(text, room,
                      "account { size whole number, age whole number }\n"
                      "table points of account by size, age {\n  >= 1, _ -> 1\n");
  for (int i = 0; i < rows; i++)
    used += snprintf(text + used, room - (size_t)used, "  _, >= %d -> %d\n", rows - i, i + 2);
  used += snprintf(text + used, room - (size_t)used, "  _, _ -> 0\n}\n");
  assert_true((size_t)used < room);
  return (size_t)used;
}

static void test_warnings_push_no_error_out(void **state) {
  (void)state;
  char text[8192];
  treaty_diags *diags;
  treaty_program *program;
  size_t length = write_table(text, sizeof text, 150);
  snprintf(text + length, sizeof text - length, "define old of account as account.agee > 3\n");
  assert_int_equal(load_text(text_of(text), &diags, &program), TREATY_INVALID);
  assert_int_equal(treaty_diags_error_count(diags), 1);
  assert_int_equal(count_of(diags, TREATY_ERROR), 1);
  assert_int_equal(count_of(diags, TREATY_WARNING), 100);
  treaty_diags_free(diags);
}

static void test_a_hundred_errors_are_kept_and_all_counted(void **state) {
  (void)state;
  char text[8192];
  int used = 0;
  treaty_diags *diags;
  treaty_program *program;
  for (int i = 0; i < 150; i++)
    used +=
        snprintf(text + used, sizeof text - (size_t)used, "define d%d of account as e%d\n", i, i);
  assert_int_equal(load_text(text_of(text), &diags, &program), TREATY_INVALID);
  assert_int_equal(count_of(diags, TREATY_ERROR), 100);
  assert_true(treaty_diags_error_count(diags) >= 150);
  treaty_diags_free(diags);
}

/* Decisions name the file: a name that is not UTF-8 would make them no JSON. */
static void test_a_path_that_is_not_utf8_is_refused(void **state) {
  (void)state;
  memory_file file = {.path = "ma\xFFin.treaty", .text = text_of("party marketing\n")};
  memory_files files = {.items = &file, .count = 1};
  treaty_host host = {.context = &files, .read_file = read_memory_file, .read_zone = read_no_zone};
  treaty_diags *diags;
  treaty_program *program;
  assert_int_equal(treaty_load(&host, file.path, &diags, &program), TREATY_INVALID);
  assert_int_equal(treaty_diags_count(diags), 1);
  const char *said = treaty_diags_text(diags, 0, false);
  assert_non_null(strstr(said, "\"ma?in.treaty\" could not be used: its path is not UTF-8"));
  treaty_diags_free(diags);
}

/* A sealed treaty brings standard rules of its own; the engine reads the fields by their places. */
static void test_standard_events_of_another_shape_are_refused(void **state) {
  (void)state;
  memory_file items[] = {
      {.path = "main.treaty", .text = text_of("use \"std/events\"\nparty desk\n")},
      {.path = "std/events.treaty",
       .text = text_of("event lead.held by others { until time, party text }\n")}};
  memory_files files = {.items = items, .count = 2};
  treaty_host host = {.context = &files, .read_file = read_memory_file, .read_zone = read_no_zone};
  treaty_diags *diags;
  treaty_program *program;
  assert_int_equal(treaty_load(&host, "main.treaty", &diags, &program), TREATY_INVALID);
  assert_non_null(strstr(treaty_diags_text(diags, 0, false), "'lead.held' of the standard rules"));
  treaty_diags_free(diags);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_warnings_push_no_error_out),
      cmocka_unit_test(test_a_path_that_is_not_utf8_is_refused),
      cmocka_unit_test(test_standard_events_of_another_shape_are_refused),
      cmocka_unit_test(test_a_hundred_errors_are_kept_and_all_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

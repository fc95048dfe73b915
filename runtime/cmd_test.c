/* cmd_test.c - `treaty test FILE…`: runs the `test` blocks of treaties and tells what came out
 * otherwise.
 *
 * Text and JUnit XML stand file by file, JSON is one object. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/commands.h"
#include "runtime/output.h"
#include "runtime/terminal.h"
#include "runtime/treaty_file.h"

typedef enum test_format { FORMAT_TEXT = 1, FORMAT_JSON, FORMAT_JUNIT } test_format;

typedef struct test_options {
  const char *filter;
  unsigned format;
} test_options;

static const option_row rows[] = {
    {"filter", OPTION_TEXT, "TEXT", "only tests whose name contains it",
     offsetof(test_options, filter)},
    {"format", OPTION_CHOICE, "text|json|junit", "how results are shown",
     offsetof(test_options, format)},
};

typedef struct testing {
  const test_options *options;
  output out;
  buffer suite;  /* JUnit: the cases of the file at hand, whose count must stand before them */
  buffer unread; /* JSON: the files that were not loaded, as a list */
  size_t passed, failed, file_tests, file_failed;
  bool colour;
} testing;

/* ---- Text ------------------------------------------------------------------------------------ */

/* Each line of a message, set in. */
static void put_lines(buffer *out, const char *text, const char *indent) {
  while (*text) {
    size_t length = strcspn(text, "\n");
    buffer_print(out, "%s", indent);
    terminal_put_text(out, (treaty_text){.bytes = text, .length = length});
    buffer_put(out, "\n", 1);
    text += length + (text[length] == '\n');
  }
}

static void put_text_result(testing *test, const treaty_test_result *result) {
  buffer *out = &test->out.text;
  if (result->failure_count == 0) {
    buffer_print(out, test->colour ? "\033[32mok\033[0m      %s\n" : "ok      %s\n", result->name);
    return;
  }
  buffer_print(out, test->colour ? "\033[1;31mFAILED\033[0m  %s\n" : "FAILED  %s\n", result->name);
  for (size_t i = 0; i < result->failure_count; i++) {
    const treaty_test_failure *failure = &result->failures[i];
    buffer_print(out, "  %s:%u:%u:\n", failure->place.file, failure->place.line,
                 failure->place.column);
    put_lines(out, failure->message, "    ");
  }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_member(buffer *out, const char *key, const char *text) {
  buffer_print(out, "\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

static void put_place(buffer *out, const treaty_place *place) {
  put_member(out, "file", place->file);
  buffer_print(out, ",\"line\":%u,\"column\":%u", place->line, place->column);
}

static void put_json_result(testing *test, const treaty_test_result *result) {
  buffer *out = &test->out.text;
  buffer_print(out, "%s\n{", test->passed + test->failed > 1 ? "," : "");
  put_member(out, "name", result->name);
  buffer_put(out, ",", 1);
  put_place(out, &result->place);
  buffer_print(out, ",\"passed\":%s,\"expectations\":%zu",
               result->failure_count == 0 ? "true" : "false", result->expectations);
  for (size_t i = 0; i < result->failure_count; i++) {
    buffer_print(out, "%s{", i == 0 ? ",\"failures\":[" : ",");
    put_place(out, &result->failures[i].place);
    buffer_put(out, ",", 1);
    put_member(out, "message", result->failures[i].message);
    buffer_put(out, "}", 1);
  }
  buffer_print(out, "%s}", result->failure_count > 0 ? "]" : "");
}

/* ---- JUnit ----------------------------------------------------------------------------------- */

/* For text and attributes alike. XML cannot hold control characters, even escaped, but for line
 * ends and tabs. */
static void put_xml(buffer *out, const char *text) {
  for (const char *at = text; *at; at++) {
    switch (*at) {
      case '&': buffer_put(out, "&amp;", 5); break;
      case '<': buffer_put(out, "&lt;", 4); break;
      case '>': buffer_put(out, "&gt;", 4); break;
      case '"': buffer_put(out, "&quot;", 6); break;
      case '\n': buffer_put(out, "&#10;", 5); break;
      case '\t': buffer_put(out, "&#9;", 4); break;
      default: buffer_put(out, (unsigned char)*at < 0x20 ? "?" : at, 1);
    }
  }
}

static void put_attribute(buffer *out, const char *name, const char *text) {
  buffer_print(out, " %s=\"", name);
  put_xml(out, text);
  buffer_put(out, "\"", 1);
}

static void put_junit_result(testing *test, const char *path, const treaty_test_result *result) {
  buffer *out = &test->suite;
  buffer_print(out, "    <testcase");
  put_attribute(out, "classname", path);
  put_attribute(out, "name", result->name);
  put_attribute(out, "file", result->place.file);
  buffer_print(out, " line=\"%u\" assertions=\"%zu\"", result->place.line, result->expectations);
  if (result->failure_count == 0) {
    buffer_print(out, "/>\n");
    return;
  }
  buffer_print(out, ">\n");
  for (size_t i = 0; i < result->failure_count; i++) {
    const treaty_test_failure *failure = &result->failures[i];
    buffer first = {0};
    buffer_put(&first, failure->message, strcspn(failure->message, "\n"));
    buffer_print(out, "      <failure");
    put_attribute(out, "message", buffer_text(&first));
    buffer_print(out, ">");
    put_xml(out, failure->place.file);
    buffer_print(out, ":%u:%u:&#10;", failure->place.line, failure->place.column);
    put_xml(out, failure->message);
    buffer_print(out, "</failure>\n");
    buffer_free(&first);
  }
  buffer_print(out, "    </testcase>\n");
}

static void put_junit_suite(testing *test, const char *path) {
  buffer *out = &test->out.text;
  buffer_print(out, "  <testsuite");
  put_attribute(out, "name", path);
  buffer_print(out, " tests=\"%zu\" failures=\"%zu\">\n", test->file_tests, test->file_failed);
  buffer_put(out, test->suite.bytes, test->suite.length);
  buffer_print(out, "  </testsuite>\n");
  buffer_clear(&test->suite);
}

/* Who reads only this is to see that its tests were not run. */
static void put_junit_unread(testing *test, const char *path) {
  buffer *out = &test->out.text;
  buffer_print(out, "  <testsuite");
  put_attribute(out, "name", path);
  buffer_print(out, " tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase");
  put_attribute(out, "classname", path);
  buffer_print(out,
               " name=\"the treaty is loaded\"><error message=\"it could not be read, or "
               "does not check\"/></testcase>\n  </testsuite>\n");
}

/* ---- All ------------------------------------------------------------------------------------- */

static void show_result(testing *test, const char *path, const treaty_test_result *result) {
  bool failed = result->failure_count > 0;
  test->file_tests++;
  test->file_failed += failed;
  test->passed += !failed;
  test->failed += failed;
  switch ((test_format)test->options->format) {
    case FORMAT_TEXT: put_text_result(test, result); break;
    case FORMAT_JSON: put_json_result(test, result); break;
    case FORMAT_JUNIT: put_junit_result(test, path, result); break;
  }
}

static bool is_wanted(const testing *test, const char *name) {
  return !test->options->filter || strstr(name, test->options->filter);
}

/* Gives an exit code; a failed test is not its concern. */
static int test_program(testing *test, const char *path, treaty_program *program) {
  for (size_t i = 0; i < treaty_program_test_count(program); i++) {
    if (!is_wanted(test, treaty_program_test_name(program, i))) continue;
    const treaty_test_result *result;
    if (treaty_test_run(program, i, &result) != TREATY_OK) {
      say("there is not enough memory to run the tests of '%s'", path);
      return EXIT_USAGE;
    }
    show_result(test, path, result);
    if (!output_turn(&test->out)) break;
  }
  return EXIT_FINE;
}

static int test_file(testing *test, const char *path, bool one_of_many) {
  treaty_file file;
  int exit_code = treaty_file_load_for_tests(path, &file);
  test->file_tests = test->file_failed = 0;
  if (exit_code == EXIT_FINE) {
    if (one_of_many && test->options->format == FORMAT_TEXT)
      buffer_print(&test->out.text, "%s\n", path);
    exit_code = test_program(test, path, file.program);
    if (test->options->format == FORMAT_JUNIT) put_junit_suite(test, path);
  } else if (test->options->format == FORMAT_JUNIT) {
    put_junit_unread(test, path);
  } else {
    if (test->unread.length > 0) buffer_put(&test->unread, ",", 1);
    buffer_json(&test->unread, path, strlen(path));
  }
  treaty_file_close(&file);
  return exit_code;
}

static int larger(int a, int b) { return a > b ? a : b; }

/* Each treaty of a folder runs its own tests by itself; then come those of all together. */
static int test_path(testing *test, const char *path, bool one_of_many) {
  size_t count;
  char **names = treaty_file_names(path, &count);
  int exit_code = EXIT_FINE;
  for (size_t i = 0; names && i < count; i++) {
    exit_code = larger(exit_code, test_file(test, names[i], true));
    free(names[i]);
  }
  if (!names || count != 1 || treaty_file_has_tests(path))
    exit_code = larger(exit_code, test_file(test, path, names || one_of_many));
  free(names);
  return exit_code;
}

static void show_begin(testing *test) {
  if (test->options->format == FORMAT_JSON) buffer_print(&test->out.text, "{\"tests\":[");
  if (test->options->format == FORMAT_JUNIT)
    buffer_print(&test->out.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

static void show_end(testing *test) {
  buffer *out = &test->out.text;
  switch ((test_format)test->options->format) {
    case FORMAT_TEXT:
      if (test->passed + test->failed > 0)
        buffer_print(out, "%zu passed, %zu failed\n", test->passed, test->failed);
      else
        buffer_print(out, "no test was run\n");
      break;
    case FORMAT_JSON:
      buffer_print(out, "%s],\"passed\":%zu,\"failed\":%zu,\"not_loaded\":[%s]}\n",
                   test->passed + test->failed > 0 ? "\n" : "", test->passed, test->failed,
                   buffer_text(&test->unread));
      break;
    case FORMAT_JUNIT: buffer_print(out, "</testsuites>\n"); break;
  }
}

static int run_test(int argc, char **argv) {
  test_options options = {.format = FORMAT_TEXT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_test, argc, argv, &options, &rest, &exit_code)) return exit_code;

  testing test = {.options = &options, .colour = terminal_colour(STDOUT_FILENO)};
  output_open(&test.out, STDOUT_FILENO);
  show_begin(&test);
  exit_code = EXIT_FINE;
  for (size_t i = 0; i < rest.count; i++)
    exit_code = larger(exit_code, test_path(&test, rest.arguments[i], rest.count > 1));
  show_end(&test);
  if (test.failed > 0) exit_code = larger(exit_code, EXIT_FINDINGS);
  if (exit_code == EXIT_FINE && test.passed == 0 && options.filter) {
    say("no test has '%s' in its name", options.filter);
    exit_code = EXIT_FINDINGS;
  }
  buffer_free(&test.suite);
  buffer_free(&test.unread);
  return output_close(&test.out, exit_code);
}

const command command_test = {
    .name = "test",
    .arguments = "TREATY…",
    .summary = "run the tests that stand in treaties",
    .text =
        "Each `test` block runs by itself on a simulated clock. A failed `expect` shows what was "
        "there instead and why. Of a folder of treaties each runs its own tests by itself; those "
        "of tests.treaty in it run on all of them side by side.\n\n"
        "Exit code 0 when all pass, 1 when one fails, when a treaty does not check, or when "
        "--filter matches no test, 2 when a file cannot be read.",
    .example =
        "treaty test desk.treaty\ntreaty test --filter \"four open hours\" desk.treaty\n"
        "treaty test --format junit agreements/*.treaty > results.xml",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 1,
    .arguments_max = -1,
    .run = run_test,
};

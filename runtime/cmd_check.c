/* cmd_check.c - `treaty check FILE…`: what is wrong with treaties, for people or for programs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/commands.h"
#include "runtime/output.h"
#include "runtime/terminal.h"
#include "runtime/treaty_file.h"

typedef enum check_format { FORMAT_TEXT = 1, FORMAT_JSON } check_format;

typedef struct check_options {
  unsigned format;
} check_options;

static const option_row rows[] = {
    {"format", OPTION_CHOICE, "text|json",
     "how findings are shown; text goes to standard error, json to standard output",
     offsetof(check_options, format)},
};

#define WORDS_SHOWN_MAX 12

typedef struct checking {
  check_format format;
  output out; /* standard error for text, standard output for JSON */
  size_t files, errors, warnings;
  bool some;                    /* a finding was written */
  char *words[WORDS_SHOWN_MAX]; /* of the findings, for `treaty help`; each once, in order */
  size_t word_count;
  bool colour;
} checking;

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_string(buffer *out, const char *key, const char *text) {
  if (!text) return;
  buffer_print(out, ",\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

static void put_place(buffer *out, const treaty_place *place) {
  buffer_print(out, "\"file\":");
  buffer_json(out, place->file, strlen(place->file));
  buffer_print(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", place->line,
               place->column, place->end_line, place->end_column);
  put_string(out, "label", place->label);
}

static void put_finding(buffer *out, const treaty_diag *diag) {
  buffer_put(out, "{", 1);
  put_place(out, &diag->place);
  put_string(out, "severity", diag->severity == TREATY_ERROR ? "error" : "warning");
  put_string(out, "code", diag->code);
  put_string(out, "message", diag->message);
  put_string(out, "help", diag->help);
  for (size_t i = 0; i < diag->related_count; i++) {
    buffer_print(out, "%s{", i == 0 ? ",\"related\":[" : ",");
    put_place(out, &diag->related[i]);
    buffer_put(out, "}", 1);
  }
  buffer_print(out, "%s}", diag->related_count > 0 ? "]" : "");
}

/* ---- Both ------------------------------------------------------------------------------------ */

/* The text of a finding has no room for its word, so the last line has them. */
static void note_word(checking *check, const char *word) {
  for (size_t i = 0; i < check->word_count; i++)
    if (strcmp(check->words[i], word) == 0) return;
  if (check->word_count < WORDS_SHOWN_MAX) check->words[check->word_count++] = room_copy(word);
}

static void show_findings(checking *check, treaty_diags *diags) {
  size_t count = treaty_diags_count(diags);
  for (size_t i = 0; i < count; i++) {
    if (check->format == FORMAT_JSON) {
      buffer_print(&check->out.text, check->some ? ",\n" : "\n");
      put_finding(&check->out.text, treaty_diags_at(diags, i));
    } else {
      const char *text = treaty_diags_text(diags, i, check->colour);
      buffer_put(&check->out.text, text, strlen(text));
    }
    note_word(check, treaty_diags_at(diags, i)->code);
    check->some = true;
  }
  /* Past a limit findings are counted but not kept: so warnings are counted among those kept. */
  size_t kept_errors = 0;
  for (size_t i = 0; i < count; i++)
    kept_errors += treaty_diags_at(diags, i)->severity == TREATY_ERROR;
  check->errors += treaty_diags_error_count(diags);
  check->warnings += count - kept_errors;
}

static void put_words(const checking *check, buffer *out) {
  for (size_t i = 0; i < check->word_count; i++)
    buffer_print(out, "%s%s", i == 0 ? "; see `treaty help " : "`, `treaty help ", check->words[i]);
  if (check->word_count > 0) buffer_put(out, "`", 1);
}

static void put_count(buffer *out, size_t count, const char *noun) {
  if (count == 0)
    buffer_print(out, "no %ss", noun);
  else
    buffer_print(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void show_end(checking *check) {
  buffer *out = &check->out.text;
  if (check->format == FORMAT_JSON) {
    buffer_print(out, "%s],\"errors\":%zu,\"warnings\":%zu}\n", check->some ? "\n" : "",
                 check->errors, check->warnings);
    return;
  }
  if (check->files == 0) return; /* nothing was looked at: nothing is said of errors */
  put_count(out, check->errors, "error");
  buffer_put(out, ", ", 2);
  put_count(out, check->warnings, "warning");
  put_words(check, out);
  buffer_put(out, "\n", 1);
}

static int larger(int a, int b) { return a > b ? a : b; }

static int run_check(int argc, char **argv) {
  check_options options = {.format = FORMAT_TEXT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_check, argc, argv, &options, &rest, &exit_code)) return exit_code;

  checking check = {.format = options.format, .colour = terminal_colour(STDERR_FILENO)};
  output_open(&check.out, check.format == FORMAT_JSON ? STDOUT_FILENO : STDERR_FILENO);
  if (check.format == FORMAT_JSON) buffer_print(&check.out.text, "{\"findings\":[");
  exit_code = EXIT_FINE;
  for (size_t i = 0; i < rest.count; i++) {
    treaty_file file;
    exit_code = larger(exit_code, treaty_file_check(rest.arguments[i], &file));
    for (size_t k = 0; k < file.diags_count; k++) show_findings(&check, file.diags[k]);
    check.files += file.diags_count;
    treaty_file_close(&file);
  }
  show_end(&check);
  for (size_t i = 0; i < check.word_count; i++) free(check.words[i]);
  return output_close(&check.out, exit_code);
}

const command command_check = {
    .name = "check",
    .arguments = "TREATY…",
    .summary = "find what is wrong with treaties, and how to mend it",
    .text =
        "Reads each file with all that it uses. Several errors are found in a run, each with its "
        "place, the reason and the repair. `treaty help WORD` explains the word of a finding.\n\n"
        "Exit code 0 when there are no errors (warnings may be), 1 when there are, 2 when a file "
        "cannot be read.",
    .example = "treaty check desk.treaty\ntreaty check --format json agreements/*.treaty",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 1,
    .arguments_max = -1,
    .run = run_check,
};

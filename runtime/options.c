/* options.c - see options.h. */
#include "runtime/options.h"

#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/civil.h"
#include "grammar/near.h"
#include "runtime/output.h"
#include "runtime/terminal.h"

#define OPTIONS_MAX    32 /* of one command, --help included */
#define MEANING_COLUMN 30 /* where the meanings stand on a page */
#define PAGE_COLUMNS   80
#define HELP_CODE      0x1000 /* what getopt gives for --help; rows give their index + FIRST_ROW */
#define FIRST_ROW      0x2000

/* ---- Values ---------------------------------------------------------------------------------- */

/* Which of the words of "a|b|c", from 1; 0: none. */
static unsigned choice_index(const char *words, const char *text) {
  unsigned index = 1;
  size_t length = strlen(text);
  for (const char *at = words;; index++) {
    size_t word = strcspn(at, "|");
    if (word == length && memcmp(at, text, length) == 0) return index;
    if (at[word] == '\0') return 0;
    at += word + 1;
  }
}

static bool read_number(const char *text, uint64_t *number) {
  uint64_t value = 0;
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 15 || text[digits] != '\0') return false;
  for (size_t i = 0; i < digits; i++) value = value * 10 + (uint64_t)(text[i] - '0');
  *number = value;
  return value > 0;
}

static bool read_time(const char *text, option_time *time) {
  size_t length = strlen(text);
  time->kind = tr_parse_instant(text, length, &time->value) ? OPTION_TIME_INSTANT
               : tr_parse_local(text, length, &time->value) ? OPTION_TIME_LOCAL
               : tr_parse_date(text, length, &time->value)  ? OPTION_TIME_DATE
                                                            : OPTION_TIME_NONE;
  return time->kind != OPTION_TIME_NONE;
}

int64_t option_time_ms(const option_time *time, const treaty_program *program) {
  switch (time->kind) {
    case OPTION_TIME_NONE: return TREATY_NEVER;
    case OPTION_TIME_INSTANT: return time->value;
    case OPTION_TIME_LOCAL: return treaty_local_instant(program, time->value);
    case OPTION_TIME_DATE: return treaty_local_instant(program, (time->value + 1) * TR_DAY_MS) - 1;
  }
  assert(!"a kind of time that is none");
  return TREATY_NEVER;
}

int64_t option_time_first_ms(const option_time *time, const treaty_program *program) {
  return time->kind == OPTION_TIME_DATE ? treaty_local_instant(program, time->value * TR_DAY_MS)
                                        : option_time_ms(time, program);
}

static bool take_number(const option_row *row, const char *text, uint64_t *place) {
  if (!read_number(text, place)) {
    say("--%s wants a whole number above 0, not '%s'", row->name, text);
    return false;
  }
  if (row->most == 0 || *place <= row->most) return true;
  say("--%s is %" PRIu64 " at most", row->name, row->most);
  return false;
}

/* False: the value does not suit the option, and that was said. */
static bool take_value(const option_row *row, const char *text, char *place) {
  switch (row->kind) {
    case OPTION_FLAG: *(bool *)place = true; return true;
    case OPTION_TEXT: *(const char **)place = text; return true;
    case OPTION_CHOICE:
      *(unsigned *)place = choice_index(row->value, text);
      if (*(unsigned *)place > 0) return true;
      say("--%s is one of %s, not '%s'", row->name, row->value, text);
      return false;
    case OPTION_NUMBER: return take_number(row, text, (uint64_t *)place);
    case OPTION_TIME:
      if (read_time(text, (option_time *)place)) return true;
      say("--%s wants a date such as 2026-11-06 or a time such as '2026-11-06 14:00' or "
          "2026-11-06T14:00:00Z, not '%s'",
          row->name, text);
      return false;
  }
  assert(!"a kind of option that is none");
  return false;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void make_long_options(const command *command, struct option longs[OPTIONS_MAX + 1]) {
  assert(command->option_count < OPTIONS_MAX);
  size_t count = 0;
  for (; count < command->option_count; count++) {
    const option_row *row = &command->options[count];
    longs[count] =
        (struct option){.name = row->name,
                        .has_arg = row->kind == OPTION_FLAG ? no_argument : required_argument,
                        .val = FIRST_ROW + (int)count};
  }
  longs[count++] = (struct option){.name = "help", .has_arg = no_argument, .val = HELP_CODE};
  longs[count] = (struct option){0};
}

static void say_unknown_option(const command *command, const char *given) {
  const char *names[OPTIONS_MAX];
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
  for (size_t i = 0; i < command->option_count; i++) names[i] = command->options[i].name;
  const char *near = tr_near_name(name + strspn(name, "-"), names, command->option_count);
  if (near)
    say("%s has no option %s; did you mean --%s?", command->name, name, near);
  else
    say("%s has no option %s; see `treaty help %s`", command->name, name, command->name);
}

/* `code` and optopt are what getopt left; `word` is the last word that it took. */
static void say_wrong_option(const command *command, int code, const char *word) {
  char letter[3] = {'-', (char)optopt};
  if (code == ':') {
    say("--%s wants a value; see `treaty help %s`", command->options[optopt - FIRST_ROW].name,
        command->name);
  } else if (optopt >= HELP_CODE) {
    say("%.*s takes no value", (int)strcspn(word, "="), word);
  } else {
    say_unknown_option(command, optopt > 0 ? letter : word);
  }
}

static bool count_fits(const command *command, int count) {
  bool too_few = count < command->arguments_min;
  bool too_many = command->arguments_max >= 0 && count > command->arguments_max;
  if (!too_few && !too_many) return true;
  say("%s has too %s arguments; usage: treaty %s %s", command->name, too_few ? "few" : "many",
      command->name, command->arguments);
  return false;
}

static int print_page(const command *command) {
  output out;
  output_open(&out, STDOUT_FILENO);
  options_page(command, &out.text);
  return output_close(&out, EXIT_FINE);
}

bool options_read(const command *command, int argc, char **argv, void *options, options_rest *rest,
                  int *exit_code) {
  struct option longs[OPTIONS_MAX + 1];
  make_long_options(command, longs);
  optind = 0; /* the GNU way to start anew */
  opterr = 0;
  *exit_code = EXIT_USAGE;
  for (;;) {
    int code = getopt_long(argc, argv, ":h", longs, NULL);
    if (code == -1) break;
    if (code == 'h' || code == HELP_CODE) {
      *exit_code = print_page(command);
      return false;
    }
    if (code < FIRST_ROW) {
      say_wrong_option(command, code, argv[optind - 1]);
      return false;
    }
    const option_row *row = &command->options[code - FIRST_ROW];
    if (!take_value(row, optarg, (char *)options + row->offset)) return false;
  }
  if (!count_fits(command, argc - optind)) return false;
  *rest = (options_rest){.arguments = (const char *const *)argv + optind,
                         .count = (size_t)(argc - optind)};
  return true;
}

/* ---- The page -------------------------------------------------------------------------------- */

/* Words of `text`, broken so that no line passes the page; all but the first line start at
 * `indent`. */
static void put_wrapped(buffer *out, const char *text, size_t column, size_t indent) {
  while (*text) {
    size_t bytes = strcspn(text, " "), width = terminal_width(text, bytes);
    if (column > indent && column + 1 + width > PAGE_COLUMNS) {
      buffer_print(out, "\n%*s", (int)indent, "");
      column = indent;
    } else if (column > indent) {
      buffer_put(out, " ", 1);
      column++;
    }
    buffer_put(out, text, bytes);
    column += width;
    text += bytes;
    text += strspn(text, " ");
  }
  buffer_put(out, "\n", 1);
}

/* An empty line parts paragraphs; other line ends are blanks. */
static void put_paragraphs(buffer *out, const char *text) {
  while (*text) {
    const char *end = strstr(text, "\n\n");
    size_t length = end ? (size_t)(end - text) : strlen(text);
    buffer paragraph = {0};
    buffer_put(&paragraph, text, length);
    for (size_t i = 0; i < length; i++)
      if (paragraph.bytes[i] == '\n') paragraph.bytes[i] = ' ';
    buffer_put(out, "\n", 1);
    put_wrapped(out, buffer_text(&paragraph), 0, 0);
    buffer_free(&paragraph);
    text += end ? length + 2 : length;
  }
}

static void put_option(buffer *out, const char *name, const char *value, const char *meaning) {
  char head[80];
  int length =
      snprintf(head, sizeof head, "  --%s%s%s", name, value ? " " : "", value ? value : "");
  assert(length > 0 && (size_t)length < sizeof head);
  if (length + 2 > MEANING_COLUMN)
    buffer_print(out, "%s\n%*s", head, MEANING_COLUMN, "");
  else
    buffer_print(out, "%-*s", MEANING_COLUMN, head);
  put_wrapped(out, meaning, MEANING_COLUMN, MEANING_COLUMN);
}

static void put_example(buffer *out, const char *example) {
  for (const char *at = example; *at;) {
    size_t length = strcspn(at, "\n");
    buffer_print(out, "  %.*s\n", (int)length, at);
    at += length + (at[length] == '\n');
  }
}

void options_page(const command *command, buffer *out) {
  bool some = command->option_count > 0;
  buffer_print(out, "treaty %s - %s\n\nUsage: treaty %s%s%s%s\n", command->name, command->summary,
               command->name, some ? " [OPTION…]" : "", *command->arguments ? " " : "",
               command->arguments);
  if (command->text) put_paragraphs(out, command->text);
  buffer_print(out, "\nOptions:\n");
  for (size_t i = 0; i < command->option_count; i++) {
    const option_row *row = &command->options[i];
    put_option(out, row->name, row->value, row->meaning);
  }
  put_option(out, "help", NULL, "this page");
  if (!command->example) return;
  buffer_print(out, "\n%s:\n", strchr(command->example, '\n') ? "Examples" : "Example");
  put_example(out, command->example);
}

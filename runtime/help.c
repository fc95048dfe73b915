/* help.c - `treaty help WORD`: a page for each command, each construct of the language, each
 * finding of `check`, each reason to refuse an event.
 *
 * The words and their meaning come from the tables they are declared in. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grammar/diag_codes.h"
#include "grammar/near.h"
#include "runtime/commands.h"
#include "runtime/language_help.h"
#include "runtime/output.h"
#include "treaty.h"

static const char *const finding_words[] = {
#define FINDING_WORD(name, word, severity, page) word,
    TR_DIAG_CODES(FINDING_WORD)
#undef FINDING_WORD
};

static const struct {
  const char *word, *meaning;
} refusals[] = {
#define REFUSAL_ROW(name, word, meaning) {word, meaning},
    TREATY_REFUSALS(REFUSAL_ROW)
#undef REFUSAL_ROW
};

#define FINDING_COUNT (sizeof finding_words / sizeof *finding_words)
#define REFUSAL_COUNT (sizeof refusals / sizeof *refusals)
#define WORD_COLUMNS  24
#define LIST_COLUMNS  3
#define PAGE_COLUMNS  80

static void put_language_words(buffer *out) {
  const char *word;
  size_t column = PAGE_COLUMNS;
  for (size_t i = 0; (word = language_help_word(i)); i++) {
    if (column + 1 + strlen(word) > PAGE_COLUMNS) {
      buffer_print(out, i == 0 ? " " : "\n ");
      column = 1;
    }
    buffer_print(out, " %s", word);
    column += 1 + strlen(word);
  }
  buffer_print(out, "\n");
}

static void put_overview(buffer *out) {
  commands_page(out);
  buffer_print(out,
               "\n`treaty help WORD` has a page for each command, for each of these words of the\n"
               "language:\n");
  put_language_words(out);
  buffer_print(out, "\nfor each word that a finding of `treaty check` carries:\n");
  for (size_t i = 0; i < FINDING_COUNT; i++) {
    bool last = i % LIST_COLUMNS == LIST_COLUMNS - 1 || i + 1 == FINDING_COUNT;
    if (i % LIST_COLUMNS == 0) buffer_put(out, "  ", 2);
    if (last)
      buffer_print(out, "%s\n", finding_words[i]);
    else
      buffer_print(out, "%-*s", WORD_COLUMNS, finding_words[i]);
  }
  buffer_print(out, "\nand for each code that an event is refused with:\n");
  for (size_t i = 0; i < REFUSAL_COUNT; i++)
    buffer_print(out, "  %-16s %s\n", refusals[i].word, refusals[i].meaning);
}

/* A word can be both: wrong_type is a finding about a rule and a refusal of an event. */
static bool put_page(buffer *out, const char *word) {
  const command *command = commands_find(word);
  const char *page = treaty_diag_help(word);
  if (command) options_page(command, out);
  size_t before = out->length;
  if (command) buffer_print(out, "\n");
  bool some = language_help_page(out, word) || command;
  if (command && out->length == before + 1)
    out->length = before; /* it is no word of the language */
  if (page)
    buffer_print(out, "%s%s - a finding of `treaty check`\n\n%s", some ? "\n" : "", word, page);
  some = some || page;
  for (size_t i = 0; i < REFUSAL_COUNT; i++) {
    if (strcmp(refusals[i].word, word) != 0) continue;
    buffer_print(out,
                 "%s%s - a code that an event is refused with\n\nRefused because %s. The line "
                 "changes nothing; "
                 "the feed goes on.\n",
                 some ? "\n" : "", word, refusals[i].meaning);
    some = true;
  }
  return some;
}

static void say_no_page(const char *word) {
  const char *words[FINDING_COUNT + REFUSAL_COUNT];
  for (size_t i = 0; i < FINDING_COUNT; i++) words[i] = finding_words[i];
  for (size_t i = 0; i < REFUSAL_COUNT; i++) words[FINDING_COUNT + i] = refusals[i].word;
  const char *near = commands_near(word);
  for (size_t i = 0; !near && language_help_word(i); i++) {
    const char *candidate = language_help_word(i);
    near = tr_near_name(word, &candidate, 1);
  }
  if (!near) near = tr_near_name(word, words, FINDING_COUNT + REFUSAL_COUNT);
  if (near)
    say("there is no page for '%s'; did you mean '%s'?", word, near);
  else
    say("there is no page for '%s'; `treaty help` lists all words", word);
}

static int run_help(int argc, char **argv) {
  options_rest rest;
  int exit_code;
  if (!options_read(&command_help, argc, argv, NULL, &rest, &exit_code)) return exit_code;
  output out;
  output_open(&out, STDOUT_FILENO);
  exit_code = EXIT_FINE;
  if (rest.count == 0) {
    put_overview(&out.text);
  } else if (!put_page(&out.text, rest.arguments[0])) {
    say_no_page(rest.arguments[0]);
    exit_code = EXIT_USAGE;
  }
  return output_close(&out, exit_code);
}

const command command_help = {
    .name = "help",
    .arguments = "[WORD]",
    .summary = "a page about a command, a word of the language or of an error",
    .example = "treaty help run\ntreaty help hand\ntreaty help unknown_field",
    .arguments_max = 1,
    .run = run_help,
};

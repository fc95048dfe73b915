/* options.h - one table of options a command: from it come the reading of the command line, --help
 * and, with the table of commands, completion.
 *
 *   typedef struct check_options { unsigned format; } check_options;
 *   static const option_row rows[] = {
 *     {"format", OPTION_CHOICE, "text|json", "how to show", offsetof(check_options, format)},
 *   };
 *   const command command_check = {.name = "check", .options = rows, .option_count = 1, …};
 *
 * Options may stand before, between and behind the arguments; `--` ends them. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "treaty.h"

typedef enum option_kind {
  OPTION_FLAG,   /* bool */
  OPTION_TEXT,   /* const char *, borrowed from argv */
  OPTION_CHOICE, /* unsigned: 0 when not given, else which of "a|b|c", from 1 */
  OPTION_NUMBER, /* uint64_t, at least 1 */
  OPTION_TIME,   /* option_time */
} option_kind;

/* A time as it was given: only a treaty tells the zone that one without an offset means. */
typedef struct option_time {
  enum { OPTION_TIME_NONE, OPTION_TIME_INSTANT, OPTION_TIME_LOCAL, OPTION_TIME_DATE } kind;
  int64_t value; /* UTC ms, ms on the wall, or days since 1970 */
} option_time;

typedef struct option_row {
  const char *name;
  option_kind kind;
  const char
      *value; /* how help calls its value ("TIME"); of a CHOICE all its words; NULL for a FLAG */
  const char *meaning; /* a phrase */
  size_t offset;       /* of its place in the command's options struct */
  uint64_t most;       /* that a NUMBER may be; 0: whatever 64 bits hold */
} option_row;

typedef struct command {
  const char *name;
  const char *arguments; /* as the usage line shows them: "TREATY FEED…" */
  const char *summary;   /* a phrase, for the list of commands */
  const char *text;      /* the rest of its page: paragraphs, with an empty line between */
  const char *example;   /* one or more lines, each with its "treaty" */
  const option_row *options;
  size_t option_count;
  int arguments_min, arguments_max;  /* -1: any number */
  int (*run)(int argc, char **argv); /* argv[0] is the command's name; gives the exit code */
} command;

typedef struct options_rest {
  const char *const *arguments; /* borrowed from argv */
  size_t count;
} options_rest;

/* Reads argv into `options` (the command's struct, preset with what holds when an option is not
 * given). False: the command is over, with *exit_code: help was asked for and printed, or a
 * sentence said what is wrong. */
bool options_read(const command *command, int argc, char **argv, void *options, options_rest *rest,
                  int *exit_code);

/* The instant that was meant: of a date, its last in the treaty's zone. TREATY_NEVER: none was
 * given. */
int64_t option_time_ms(const option_time *time, const treaty_program *program);

/* The same for where a period begins: of a date, its first instant. */
int64_t option_time_first_ms(const option_time *time, const treaty_program *program);

/* The page of `treaty help NAME`. */
void options_page(const command *command, buffer *out);

#endif

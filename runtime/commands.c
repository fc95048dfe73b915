/* commands.c - the table of commands, and what is made of it. */
#include "runtime/commands.h"

#include <string.h>

#include "grammar/near.h"

#define COMMANDS_MAX 32

/* A new command is a row here. */
static const command *const commands[] = {
    &command_check, &command_test, &command_run,   &command_why,  &command_ask,  &command_report,
    &command_serve, &command_send, &command_watch, &command_dump, &command_seal, &command_help,
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)
_Static_assert(COMMAND_COUNT <= COMMANDS_MAX, "commands_near holds all names");

const command *commands_find(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  return NULL;
}

const char *commands_near(const char *name) {
  const char *names[COMMANDS_MAX];
  for (size_t i = 0; i < COMMAND_COUNT; i++) names[i] = commands[i]->name;
  return tr_near_name(name, names, COMMAND_COUNT);
}

void commands_page(buffer *out) {
  buffer_print(out,
               "treaty - decides by the rules that marketing and sales agreed on\n\n"
               "Usage: treaty COMMAND [OPTION…] [ARGUMENT…]\n\nCommands:\n");
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    buffer_print(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
  buffer_print(
      out,
      "\nOptions:\n"
      "  --help     this page; behind a command, the page of the command\n"
      "  --version  the version\n"
      "\nExample:\n"
      "  treaty run desk.treaty last_quarter.ndjson.gz --summary\n"
      "\nExit codes: 0 fine, 1 findings (a failed test, a treaty that does not check),\n"
      "2 wrong usage or a file that cannot be read or written, 75 service not reachable.\n");
}

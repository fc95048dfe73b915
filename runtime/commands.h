/* commands.h - the commands of `treaty`: one file each, cmd_NAME.c, and one row each in the table
 * in commands.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "runtime/options.h"

extern const command command_check, command_test, command_run, command_why, command_ask,
    command_report, command_serve, command_send, command_watch, command_dump, command_seal,
    command_help;

/* NULL: there is none of that name. */
const command *commands_find(const char *name);

/* The command whose name was probably meant, or NULL. */
const char *commands_near(const char *name);

/* The page of `treaty --help`. */
void commands_page(buffer *out);

#endif

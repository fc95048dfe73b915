/* cmd_dump.c - `treaty dump FILE`: the compiled program as text. */
#include <string.h>
#include <unistd.h>

#include "runtime/commands.h"
#include "runtime/output.h"
#include "runtime/treaty_file.h"

static int run_dump(int argc, char **argv) {
  options_rest rest;
  int exit_code;
  if (!options_read(&command_dump, argc, argv, NULL, &rest, &exit_code)) return exit_code;
  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE) {
    output out;
    output_open(&out, STDOUT_FILENO);
    const char *text = treaty_program_dump(file.program);
    if (text) {
      buffer_put(&out.text, text, strlen(text));
    } else {
      say("there is not enough memory to show '%s'", rest.arguments[0]);
      exit_code = EXIT_USAGE;
    }
    exit_code = output_close(&out, exit_code);
  }
  treaty_file_close(&file);
  return exit_code;
}

const command command_dump = {
    .name = "dump",
    .arguments = "TREATY",
    .summary = "show what a treaty was compiled to",
    .text =
        "For those who look inside: facts, code and clauses as the engine has them. The same "
        "treaty gives the same text.",
    .example = "treaty dump desk.treaty",
    .arguments_min = 1,
    .arguments_max = 1,
    .run = run_dump,
};

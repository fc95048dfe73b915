/* cmd_seal.c - `treaty seal TREATY`: one file that holds the treaty with everything it uses. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/commands.h"
#include "runtime/output.h"
#include "runtime/seal.h"
#include "runtime/treaty_file.h"

typedef struct seal_options {
  const char *out;
} seal_options;

static const option_row rows[] = {
    {"out", OPTION_TEXT, "FILE", "where it goes, instead of standard output; must not be there yet",
     offsetof(seal_options, out)},
};

/* A sealed treaty is never written over: who signed it has it. */
static int open_new(const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file >= 0) return file;
  say(errno == EEXIST ? "'%s' is there already, and what is sealed is not written over"
                      : "could not write '%s'",
      path);
  return -1;
}

static void say_unsigned(const treaty_program *program) {
  size_t count = treaty_program_agreement_count(program);
  for (size_t i = 0; i < count; i++) {
    treaty_agreement agreement;
    treaty_program_agreement_at(program, i, &agreement);
    for (size_t k = 0; k < agreement.party_count; k++) {
      if (!agreement.parties[k].signed_by)
        say("note: \"%s\" version %u is not signed by %s", agreement.name, agreement.version,
            agreement.parties[k].name);
    }
  }
}

static int run_seal(int argc, char **argv) {
  seal_options options = {0};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_seal, argc, argv, &options, &rest, &exit_code)) return exit_code;
  treaty_file file;
  exit_code = treaty_file_load(rest.arguments[0], &file);
  if (exit_code == EXIT_FINE && file.count > 1) {
    say("'%s' holds %zu treaties: seal them one by one", rest.arguments[0], file.count);
    exit_code = EXIT_USAGE;
  }
  int to = exit_code != EXIT_FINE ? -1 : options.out ? open_new(options.out) : STDOUT_FILENO;
  if (exit_code == EXIT_FINE && to < 0) exit_code = EXIT_USAGE;
  if (exit_code == EXIT_FINE) {
    output out;
    say_unsigned(file.program);
    buffer bundle = {0};
    output_open(&out, to);
    host_bundle(file.parts[0].host, &bundle);
    seal_write(file.program, &bundle, &out.text);
    buffer_free(&bundle);
    exit_code = output_close(&out, exit_code);
    if (to != STDOUT_FILENO) close(to);
  }
  treaty_file_close(&file);
  return exit_code;
}

const command command_seal = {
    .name = "seal",
    .arguments = "TREATY",
    .summary = "make one file of a treaty and everything it uses",
    .text =
        "The file holds the treaty with all files that it uses, its lists, catalogues and\n"
        "holidays, the standard rules and the time zone, as they are now, under a hash. It can\n"
        "be read, and stands wherever a treaty may: what was sealed decides the same on every\n"
        "machine. If it was changed since, it is turned away.",
    .example =
        "treaty seal desk.treaty --out desk-v3.sealed\n"
        "treaty test desk-v3.sealed",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 1,
    .arguments_max = 1,
    .run = run_seal,
};

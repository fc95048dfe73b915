/* main.c - finds the command in the table and runs it. */
#include <string.h>
#include <unistd.h>

#include "runtime/commands.h"
#include "runtime/output.h"
#include "treaty.h"

static int print_page(void) {
  output out;
  output_open(&out, STDOUT_FILENO);
  commands_page(&out.text);
  return output_close(&out, EXIT_FINE);
}

static int print_version(void) {
  output out;
  output_open(&out, STDOUT_FILENO);
  buffer_print(&out.text, "treaty %s\n", TREATY_VERSION);
  return output_close(&out, EXIT_FINE);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    say("which command? `treaty help` lists them");
    return EXIT_USAGE;
  }
  const char *name = argv[1];
  if (strcmp(name, "--version") == 0) return print_version();
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_page();
  const command *found = commands_find(name);
  if (found) return found->run(argc - 1, argv + 1);

  const char *kind = name[0] == '-' ? "option" : "command", *near = commands_near(name);
  if (near)
    say("there is no %s '%s'; did you mean '%s'?", kind, name, near);
  else
    say("there is no %s '%s'; `treaty help` lists the commands", kind, name);
  return EXIT_USAGE;
}

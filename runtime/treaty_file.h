/* treaty_file.h - a treaty read from the disk for a command, with what is wrong with it told to the
 * user. */
#ifndef TREATY_FILE_H
#define TREATY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/host.h"
#include "treaty.h"

typedef struct treaty_file {
  host *host;              /* what it was read from */
  treaty_program *program; /* NULL when it does not check */
  treaty_diags *diags;
} treaty_file;

/* Reads and checks `path` ("-": standard input) and tells nothing but a file that is not there.
 * Gives EXIT_FINE, also when there are warnings; EXIT_FINDINGS when it does not check; EXIT_USAGE,
 * with a sentence, when it cannot be read. */
int treaty_file_check(const char *path, treaty_file *file);

/* The same for commands that want the program: writes the findings, warnings too, to standard
 * error. */
int treaty_file_load(const char *path, treaty_file *file);

/* The treaty that a store has kept; what is wrong with it stands in `why`. */
TREATY_MUST_USE bool treaty_file_of_bundle(const buffer *bundle, treaty_file *file, buffer *why);

/* Whether standard input is not asked to be both treaty and feed; else says so. */
bool treaty_file_is_apart(const char *path, const char *const *feeds, size_t count);

void treaty_file_close(treaty_file *file);

#endif

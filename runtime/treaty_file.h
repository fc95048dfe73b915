/* treaty_file.h - a treaty read from the disk for a command, with what is wrong with it told to the
 * user; or several of them, which lie in one folder and decide side by side. */
#ifndef TREATY_FILE_H
#define TREATY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/host.h"
#include "treaty.h"

/* An agreement in it. */
typedef struct treaty_held {
  char *name;
  uint32_t version;
  int64_t from_ms; /* in force */
  bool is_signed;  /* by all its parties */
} treaty_held;

/* One treaty, as it was read. */
typedef struct treaty_part {
  host *host;
  char *main_path;
  int64_t taken_ms;        /* since when it is there; INT64_MIN: from the start */
  bool in_shadow;          /* it was taken up so: not all have signed */
  treaty_held *agreements; /* known once it was loaded by itself */
  size_t agreement_count;
  bool only_tests; /* of all together */
} treaty_part;

typedef struct treaty_file {
  treaty_part *parts; /* newer versions behind older ones, tests last */
  size_t count, room;
  treaty_program *program; /* NULL when it does not check */
  treaty_diags **diags;    /* of each, then of all together */
  size_t diags_count, diags_room;
  bool shadow_counts; /* what is in shadow is compiled as if it had force */
} treaty_file;

/* Reads and checks `path` ("-": standard input; a folder: every .treaty and .sealed in it) and
 * tells nothing but a file that is not there. Gives EXIT_FINE, also when there are warnings;
 * EXIT_FINDINGS when it does not check; EXIT_USAGE, with a sentence, when it cannot be read. */
int treaty_file_check(const char *path, treaty_file *file);

/* The same for commands that want the program: writes the findings, warnings too, to standard
 * error. */
int treaty_file_load(const char *path, treaty_file *file);
/* The same for tests: what is in shadow has force, so that it can be tried. */
int treaty_file_load_for_tests(const char *path, treaty_file *file);

/* The treaties in a folder, but for the tests of all, as paths in order; NULL: it is no folder. The
 * caller frees each, and the array. */
char **treaty_file_names(const char *path, size_t *count);
/* Whether there are tests of all in the folder. */
bool treaty_file_has_tests(const char *folder);

/* Adds a treaty that a store has kept; false: it cannot be read, and `why` says so. */
TREATY_MUST_USE bool treaty_file_add_bundle(treaty_file *file, const buffer *bundle,
                                            int64_t taken_ms, buffer *why);
/* Loads each by itself whose agreements are not known yet. */
TREATY_MUST_USE bool treaty_file_know(treaty_file *file, buffer *why);
/* Whether both have an agreement of one number, and say it otherwise. */
bool treaty_file_changes(const treaty_part *one, const treaty_part *other);
/* Moves a part behind those of another file; drops one. */
void treaty_file_move(treaty_file *to, treaty_file *from, size_t index);
void treaty_file_drop(treaty_file *file, size_t index);
/* Compiles what was added; what is wrong stands in `why`. */
TREATY_MUST_USE bool treaty_file_compile(treaty_file *file, buffer *why);

/* The program of the same parts, which stay the other file's, compiled anew as `file` wants it. */
TREATY_MUST_USE bool treaty_file_compile_again(treaty_file *file, const treaty_file *parts,
                                               buffer *why);

/* Whether standard input is not asked to be both treaty and feed; else says so. */
bool treaty_file_is_apart(const char *path, const char *const *feeds, size_t count);

void treaty_file_close(treaty_file *file);

#endif

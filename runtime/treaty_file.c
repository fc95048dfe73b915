/* treaty_file.c - see treaty_file.h. */
#include "runtime/treaty_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/output.h"
#include "runtime/terminal.h"

/* A main file that is not there is not a finding about a treaty: it is looked for before the load.
 */
static bool can_be_read(const char *path) {
  if (strcmp(path, "-") == 0) return true;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  const char *why = file < 0 ? strerror(errno) : NULL;
  struct stat status;
  if (file < 0 && errno == ENOENT) why = "no such file";
  if (file >= 0 && fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) why = "it is a folder";
  if (file >= 0) close(file);
  if (why) say("could not read '%s': %s", path, why);
  return !why;
}

int treaty_file_check(const char *path, treaty_file *file) {
  *file = (treaty_file){0};
  if (!can_be_read(path)) return EXIT_USAGE;
  buffer why = {0};
  const char *main_path;
  file->host = host_open(path, &main_path, &why);
  if (!file->host) say("could not open '%s': %s", path, buffer_text(&why));
  buffer_free(&why);
  if (!file->host) return EXIT_USAGE;
  treaty_host callbacks = host_callbacks(file->host);
  switch (treaty_load(&callbacks, main_path, &file->diags, &file->program)) {
    case TREATY_OK: return EXIT_FINE;
    case TREATY_INVALID: return EXIT_FINDINGS;
    default: say("there is not enough memory to load '%s'", path); return EXIT_USAGE;
  }
}

int treaty_file_load(const char *path, treaty_file *file) {
  int exit_code = treaty_file_check(path, file);
  if (!file->diags) return exit_code;
  size_t count = treaty_diags_count(file->diags);
  bool colour = count > 0 && terminal_colour(STDERR_FILENO);
  for (size_t i = 0; i < count; i++) fputs(treaty_diags_text(file->diags, i, colour), stderr);
  if (exit_code == EXIT_FINDINGS) say("'%s' does not check, so it was not loaded", path);
  return exit_code;
}

/* It compiled once, so what fails now is this version of Treaty. */
bool treaty_file_of_bundle(const buffer *bundle, treaty_file *file, buffer *why) {
  const char *wrong = NULL;
  *file = (treaty_file){.host = host_from_bundle(bundle->bytes, bundle->length, &wrong)};
  if (!file->host) {
    buffer_print(why, "the treaty in the store cannot be read: %s", wrong);
    return false;
  }
  treaty_host callbacks = host_callbacks(file->host);
  treaty_status status =
      treaty_load(&callbacks, host_main_path(file->host), &file->diags, &file->program);
  if (status == TREATY_INVALID && treaty_diags_count(file->diags) > 0)
    buffer_print(why, "the treaty in the store no longer checks:\n%s",
                 treaty_diags_text(file->diags, 0, false));
  else if (status != TREATY_OK)
    buffer_print(why, "there is not enough memory for the treaty");
  return status == TREATY_OK;
}

bool treaty_file_is_apart(const char *path, const char *const *feeds, size_t count) {
  if (strcmp(path, "-") != 0) return true;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(feeds[i], "-") != 0) continue;
    say("standard input cannot be both the treaty and a feed");
    return false;
  }
  return true;
}

void treaty_file_close(treaty_file *file) {
  treaty_program_free(file->program);
  treaty_diags_free(file->diags);
  host_free(file->host);
  *file = (treaty_file){0};
}

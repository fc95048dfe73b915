/* treaty_file.c - see treaty_file.h. */
#include "runtime/treaty_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/output.h"
#include "runtime/terminal.h"

/* In a folder of treaties, what holds the tests of all together. */
#define TESTS_NAME "tests.treaty"

#define DAY_MS INT64_C(86400000)

/* ---- What is there --------------------------------------------------------------------------- */

static bool is_folder(const char *path) {
  struct stat status;
  return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* A main file that is not there is not a finding about a treaty: it is looked for before the load.
 */
static bool can_be_read(const char *path) {
  if (strcmp(path, "-") == 0) return true;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  const char *why = file < 0 ? strerror(errno) : NULL;
  if (file < 0 && errno == ENOENT) why = "no such file";
  if (file >= 0) close(file);
  if (why) say("could not read '%s': %s", path, why);
  return !why;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static int is_treaty(const struct dirent *entry) {
  bool hidden = entry->d_name[0] == '.'; /* an editor's */
  return !hidden && (ends_with(entry->d_name, ".treaty") || ends_with(entry->d_name, ".sealed"));
}

char **treaty_file_names(const char *path, size_t *count) {
  struct dirent **entries;
  int found = is_folder(path) ? scandir(path, &entries, is_treaty, alphasort) : -1;
  *count = 0;
  if (found < 0) return NULL;
  char **names = room_grow(NULL, (size_t)found + 1, sizeof *names);
  for (int i = 0; i < found; i++) {
    buffer name = {0};
    buffer_print(&name, "%s/%s", path, entries[i]->d_name);
    bool tests = strcmp(entries[i]->d_name, TESTS_NAME) == 0;
    if (!tests) names[(*count)++] = room_copy(buffer_text(&name));
    buffer_free(&name);
    free(entries[i]);
  }
  free(entries);
  return names;
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static void add_part(treaty_file *file, treaty_part part) {
  if (file->count == file->room) {
    file->room = file->room ? 2 * file->room : 4;
    file->parts = room_grow(file->parts, file->room, sizeof *file->parts);
  }
  file->parts[file->count++] = part;
}

static void add_diags(treaty_file *file, treaty_diags *diags) {
  if (!diags) return;
  if (file->diags_count == file->diags_room) {
    file->diags_room = file->diags_room ? 2 * file->diags_room : 4;
    file->diags = room_grow(file->diags, file->diags_room, sizeof *file->diags);
  }
  file->diags[file->diags_count++] = diags;
}

static int exit_for(treaty_status status, const char *path) {
  if (status == TREATY_OK) return EXIT_FINE;
  if (status == TREATY_INVALID) return EXIT_FINDINGS;
  say("there is not enough memory to load '%s'", path);
  return EXIT_USAGE;
}

static treaty_held held_of(const treaty_program *program, size_t index) {
  treaty_agreement agreement;
  treaty_program_agreement_at(program, index, &agreement);
  treaty_held held = {.name = room_copy(agreement.name),
                      .version = agreement.version,
                      .from_ms = treaty_local_instant(program, agreement.from_day * DAY_MS),
                      .is_signed = true};
  for (size_t i = 0; i < agreement.party_count; i++)
    held.is_signed &= agreement.parties[i].signed_by != NULL;
  return held;
}

static void note_agreements(treaty_part *part, const treaty_program *program) {
  size_t count = treaty_program_agreement_count(program);
  part->agreements = room_grow(NULL, count + 1, sizeof *part->agreements);
  for (size_t i = 0; i < count; i++) part->agreements[i] = held_of(program, i);
  part->agreement_count = count;
}

static treaty_status load_parts(treaty_file *file, const treaty_part *parts, size_t count) {
  treaty_host *hosts = room_grow(NULL, count, sizeof *hosts);
  treaty_version *versions = room_grow(NULL, count, sizeof *versions);
  treaty_diags *diags;
  for (size_t i = 0; i < count; i++) {
    hosts[i] = host_callbacks(parts[i].host);
    versions[i] = (treaty_version){.host = &hosts[i],
                                   .path = parts[i].main_path,
                                   .taken_ms = parts[i].taken_ms,
                                   .in_shadow = parts[i].in_shadow,
                                   .shadow_counts = file->shadow_counts,
                                   .only_tests = parts[i].only_tests};
  }
  treaty_program_free(file->program);
  treaty_status status = treaty_load_beside(versions, count, &diags, &file->program);
  add_diags(file, diags);
  free(hosts);
  free(versions);
  return status;
}

/* Loads a part by itself; its program is the file's. */
static treaty_status load_alone(treaty_file *file, treaty_part *part) {
  treaty_status status = load_parts(file, part, 1);
  if (file->program && !part->agreements) note_agreements(part, file->program);
  return status;
}

static int open_part(treaty_file *file, const char *path) {
  buffer why = {0};
  const char *main_path;
  if (!can_be_read(path)) return EXIT_USAGE;
  treaty_part part = {.taken_ms = INT64_MIN, .host = host_open(path, &main_path, &why)};
  if (!part.host) say("could not open '%s': %s", path, buffer_text(&why));
  buffer_free(&why);
  if (!part.host) return EXIT_USAGE;
  part.main_path = room_copy(main_path);
  add_part(file, part);
  return EXIT_FINE;
}

static int add_path(treaty_file *file, const char *path) {
  int exit_code = open_part(file, path);
  return exit_code == EXIT_FINE ? exit_for(load_alone(file, &file->parts[file->count - 1]), path)
                                : exit_code;
}

/* ---- Side by side ---------------------------------------------------------------------------- */

static uint32_t version_of(const treaty_part *part) {
  return part->agreement_count > 0 ? part->agreements[0].version : 0;
}

static int by_version(const void *a, const void *b) {
  const treaty_part *left = a, *right = b;
  if (left->only_tests != right->only_tests) return left->only_tests ? 1 : -1;
  uint32_t l = version_of(left), r = version_of(right);
  if (l != r) return l < r ? -1 : 1;
  return strcmp(left->main_path, right->main_path);
}

/* Of one alone the program is there already. */
static treaty_status load_beside(treaty_file *file) {
  if (file->count == 1 && file->program) return TREATY_OK;
  return load_parts(file, file->parts, file->count);
}

static int larger(int a, int b) { return a > b ? a : b; }

bool treaty_file_has_tests(const char *folder) {
  buffer path = {0};
  buffer_print(&path, "%s/" TESTS_NAME, folder);
  bool has = access(buffer_text(&path), F_OK) == 0;
  buffer_free(&path);
  return has;
}

static int add_tests(treaty_file *file, const char *folder) {
  if (!treaty_file_has_tests(folder)) return EXIT_FINE;
  buffer path = {0};
  buffer_print(&path, "%s/" TESTS_NAME, folder);
  int exit_code = open_part(file, buffer_text(&path));
  if (exit_code == EXIT_FINE) file->parts[file->count - 1].only_tests = true;
  buffer_free(&path);
  return exit_code;
}

static int check_folder(const char *folder, treaty_file *file) {
  size_t count;
  char **names = treaty_file_names(folder, &count);
  int exit_code = EXIT_FINE;
  for (size_t i = 0; names && i < count; i++) {
    exit_code = larger(exit_code, add_path(file, names[i]));
    free(names[i]);
  }
  free(names);
  if (count == 0) {
    say("there is no .treaty or .sealed file in the folder '%s'", folder);
    return EXIT_USAGE;
  }
  exit_code = larger(exit_code, add_tests(file, folder));
  if (exit_code != EXIT_FINE) return exit_code;
  qsort(file->parts, file->count, sizeof *file->parts, by_version);
  return exit_for(load_beside(file), folder);
}

static int check_path(const char *path, treaty_file *file) {
  int exit_code = is_folder(path) ? check_folder(path, file) : add_path(file, path);
  if (exit_code == EXIT_FINE) return exit_code;
  treaty_program_free(file->program);
  file->program = NULL;
  return exit_code;
}

int treaty_file_check(const char *path, treaty_file *file) {
  *file = (treaty_file){0};
  return check_path(path, file);
}

static int load_path(const char *path, treaty_file *file) {
  int exit_code = check_path(path, file);
  for (size_t i = 0; i < file->diags_count; i++) {
    size_t count = treaty_diags_count(file->diags[i]);
    bool colour = count > 0 && terminal_colour(STDERR_FILENO);
    for (size_t k = 0; k < count; k++) fputs(treaty_diags_text(file->diags[i], k, colour), stderr);
  }
  if (exit_code == EXIT_FINDINGS) say("'%s' does not check, so it was not loaded", path);
  return exit_code;
}

int treaty_file_load(const char *path, treaty_file *file) {
  *file = (treaty_file){0};
  return load_path(path, file);
}

int treaty_file_load_for_tests(const char *path, treaty_file *file) {
  *file = (treaty_file){.shadow_counts = true};
  return load_path(path, file);
}

/* ---- From a store ---------------------------------------------------------------------------- */

bool treaty_file_add_bundle(treaty_file *file, const buffer *bundle, int64_t taken_ms,
                            buffer *why) {
  const char *wrong = NULL;
  treaty_part part = {.taken_ms = taken_ms,
                      .host = host_from_bundle(bundle->bytes, bundle->length, &wrong)};
  if (!part.host) {
    buffer_print(why, "the treaty in the store cannot be read: %s", wrong);
    return false;
  }
  part.main_path = room_copy(host_main_path(part.host));
  add_part(file, part);
  return true;
}

bool treaty_file_know(treaty_file *file, buffer *why) {
  for (size_t i = 0; i < file->count; i++) {
    treaty_part *part = &file->parts[i];
    if (part->agreements || part->only_tests) continue;
    if (load_alone(file, part) == TREATY_OK) continue;
    buffer_print(why, "the treaty '%s' in the store no longer checks", part->main_path);
    return false;
  }
  return true;
}

bool treaty_file_changes(const treaty_part *one, const treaty_part *other) {
  treaty_file both = {0};
  treaty_part parts[2] = {*one, *other}; /* which stay their owners' */
  bool changes = false;
  (void)load_parts(&both, parts, 2);
  for (size_t i = 0; i < both.diags_count; i++) {
    size_t count = treaty_diags_count(both.diags[i]);
    for (size_t k = 0; k < count; k++)
      changes |= strcmp(treaty_diags_at(both.diags[i], k)->code, "version_changed") == 0;
  }
  treaty_file_close(&both);
  return changes;
}

void treaty_file_move(treaty_file *to, treaty_file *from, size_t index) {
  add_part(to, from->parts[index]);
  from->parts[index] = (treaty_part){0};
  treaty_file_drop(from, index);
}

static void close_part(treaty_part *part) {
  for (size_t i = 0; i < part->agreement_count; i++) free(part->agreements[i].name);
  free(part->agreements);
  free(part->main_path);
  host_free(part->host);
}

void treaty_file_drop(treaty_file *file, size_t index) {
  close_part(&file->parts[index]);
  memmove(&file->parts[index], &file->parts[index + 1],
          (file->count - index - 1) * sizeof *file->parts);
  file->count--;
}

/* It compiled once, so what fails now is this version of Treaty. */
static bool tell_status(const treaty_file *file, treaty_status status, size_t count, buffer *why) {
  treaty_diags *diags = file->diags_count > 0 ? file->diags[file->diags_count - 1] : NULL;
  if (status == TREATY_INVALID && diags && treaty_diags_count(diags) > 0)
    buffer_print(why, "%s:\n%s",
                 count == 1 ? "the treaty in the store no longer checks"
                            : "the treaties cannot stand side by side",
                 treaty_diags_text(diags, 0, false));
  else if (status != TREATY_OK)
    buffer_print(why, "there is not enough memory for the treaty");
  return status == TREATY_OK;
}

bool treaty_file_compile(treaty_file *file, buffer *why) {
  return tell_status(file, load_parts(file, file->parts, file->count), file->count, why);
}

bool treaty_file_compile_again(treaty_file *file, const treaty_file *parts, buffer *why) {
  return tell_status(file, load_parts(file, parts->parts, parts->count), parts->count, why);
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
  for (size_t i = 0; i < file->diags_count; i++) treaty_diags_free(file->diags[i]);
  for (size_t i = 0; i < file->count; i++) close_part(&file->parts[i]);
  free(file->diags);
  free(file->parts);
  *file = (treaty_file){0};
}

/* world.c - see world.h. */
#include "tests/fuzz/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/host.h"

#define MAIN_PATH "main.treaty"

/* A folder that holds itself would be read as deep as files may use each other. */
#define PATH_BYTES_MAX 256

treaty_text world_text(const char *text) { return (treaty_text){text, strlen(text)}; }

static bool read_file(void *context, const char *path, treaty_text *text, const char **why) {
  const world *world = context;
  *why = "no such file";
  if (treaty_std_file(path, text)) return true;
  if (strlen(path) > PATH_BYTES_MAX) return false;
  *text = strcmp(path, MAIN_PATH) == 0 ? world->main : world->other;
  return text->bytes != NULL;
}

/* As the program reads them. What was read once is kept: zones do not change in between. */
static bool read_zone(void *context, const char *name, treaty_text *tzif, const char **why) {
  static host *disk;
  (void)context;
  if (!disk) disk = host_new();
  treaty_host callbacks = host_callbacks(disk);
  return callbacks.read_zone(callbacks.context, name, tzif, why);
}

static void read_findings(treaty_diags *diags) {
  size_t errors = 0;
  for (size_t i = 0; i < treaty_diags_count(diags); i++) {
    const treaty_diag *diag = treaty_diags_at(diags, i);
    errors += diag->severity == TREATY_ERROR;
    assert(diag->place.line >= 1 && diag->place.column >= 1);
    assert(diag->place.end_line >= diag->place.line);
    assert(treaty_diag_help(diag->code));
    assert(strchr(treaty_diags_text(diags, i, i % 2 == 0), '\n'));
  }
  /* Of very many findings not all are told; but never is an error kept quiet behind warnings. */
  assert(errors <= treaty_diags_error_count(diags));
  assert((errors > 0) == (treaty_diags_error_count(diags) > 0));
}

static treaty_host host_of(const world *world) {
  return (treaty_host){
      .context = (void *)world, .read_file = read_file, .read_zone = read_zone}; /* reads only */
}

static treaty_program *loaded(treaty_status status, treaty_diags *diags, treaty_program *program) {
  assert(status == TREATY_OK || status == TREATY_INVALID);
  read_findings(diags);
  assert((status == TREATY_OK) == (treaty_diags_error_count(diags) == 0));
  assert((status == TREATY_OK) == (program != NULL));
  treaty_diags_free(diags);
  return program;
}

treaty_program *world_load(const world *world) {
  treaty_host host = host_of(world);
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&host, MAIN_PATH, &diags, &program);
  return loaded(status, diags, program);
}

treaty_program *world_load_beside(const world *world, const struct world *newer) {
  treaty_host hosts[] = {host_of(world), host_of(newer)};
  treaty_version versions[] = {
      {.host = &hosts[0], .path = MAIN_PATH, .taken_ms = INT64_MIN},
      {.host = &hosts[1], .path = MAIN_PATH, .taken_ms = INT64_MIN},
  };
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load_beside(versions, 2, &diags, &program);
  return loaded(status, diags, program);
}

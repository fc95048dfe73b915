/* programs.c - see programs.h. */
#include "runtime/programs.h"

#include <stdlib.h>
#include <string.h>

void programs_put(store_batch *batch, const treaty_part *part) {
  buffer bundle = {0};
  char hash[65];
  host_bundle(part->host, &bundle);
  host_hash(part->host, hash);
  store_batch_program(batch, part->taken_ms, part->in_shadow, hash,
                      (treaty_text){bundle.bytes, bundle.length});
  buffer_free(&bundle);
}

/* ---- Out of a store -------------------------------------------------------------------------- */

typedef struct reading {
  treaty_file *file;
  buffer *why;
  bool failed;
} reading;

static void add_program(void *context, const store_program *program) {
  reading *reading = context;
  treaty_file *file = reading->file;
  buffer bytes = {0};
  if (reading->failed) return;
  buffer_put(&bytes, program->bundle.bytes, program->bundle.length);
  reading->failed = !treaty_file_add_bundle(file, &bytes, program->taken_ms, reading->why);
  if (!reading->failed) file->parts[file->count - 1].in_shadow = program->in_shadow;
  buffer_free(&bytes);
}

bool programs_read(store *store, treaty_file *file, buffer *why) {
  reading reading = {.file = file, .why = why};
  return store_programs(store, add_program, &reading, why) && !reading.failed;
}

bool programs_view(store_view *view, treaty_file *file, buffer *why) {
  reading reading = {.file = file, .why = why};
  if (!store_view_programs(view, add_program, &reading, why) || reading.failed) return false;
  if (file->count == 0) buffer_print(why, "the store has no treaty yet");
  return file->count > 0;
}

/* ---- Into a store ---------------------------------------------------------------------------- */

/* An agreement of the stored treaty of which the new one has an older version, or, `same`, that
 * number; NULL: none. */
static const treaty_held *shared(const treaty_part *stored, const treaty_part *offered, bool same) {
  for (size_t i = 0; i < stored->agreement_count; i++) {
    const treaty_held *held = &stored->agreements[i];
    for (size_t k = 0; k < offered->agreement_count; k++) {
      const treaty_held *other = &offered->agreements[k];
      if (strcmp(held->name, other->name) != 0) continue;
      if (same ? held->version == other->version : held->version > other->version) return held;
    }
  }
  return NULL;
}

static bool is_in_force(const treaty_part *part, int64_t clock_ms) {
  if (part->in_shadow) return false;
  for (size_t i = 0; i < part->agreement_count; i++)
    if (part->agreements[i].from_ms <= clock_ms) return true;
  return false;
}

/* False: the new one cannot stand beside it. *replaces: it takes its place. */
static bool stands_beside(const treaty_part *stored, const treaty_part *offered, int64_t clock_ms,
                          bool *replaces, buffer *why) {
  const treaty_held *newer = shared(stored, offered, false), *old = shared(stored, offered, true);
  *replaces = false;
  if (newer)
    buffer_print(why, "'%s' has an older version of \"%s\" than the store, which has version %u",
                 offered->main_path, newer->name, newer->version);
  if (newer) return false;
  if (!old || !treaty_file_changes(stored, offered)) return true;
  *replaces = !is_in_force(stored, clock_ms);
  if (!*replaces)
    buffer_print(why,
                 "\"%s\" version %u governs leads in this store, and '%s' says it, or what it "
                 "rests on, otherwise: what is agreed is not changed under them; give it the "
                 "version %u",
                 old->name, old->version, offered->main_path, old->version + 1);
  return *replaces;
}

static bool is_same(const treaty_part *a, const treaty_part *b) {
  char one[65], other[65];
  host_hash(a->host, one);
  host_hash(b->host, other);
  return strcmp(one, other) == 0;
}

bool programs_has(const treaty_file *file, const treaty_part *part) {
  for (size_t i = 0; i < file->count; i++)
    if (is_same(&file->parts[i], part)) return true;
  return false;
}

void programs_drop(treaty_file *file, size_t index, buffer *gone) {
  char hash[65];
  host_hash(file->parts[index].host, hash);
  buffer_put(gone, hash, 64);
  treaty_file_drop(file, index);
}

/* Where it lies in shadow and may be put in force as it is; the count of all: nowhere. */
static size_t leaves_shadow(const treaty_file *file, const treaty_part *offered) {
  for (size_t i = 0; !offered->in_shadow && i < file->count; i++)
    if (file->parts[i].in_shadow && is_same(&file->parts[i], offered)) return i;
  return file->count;
}

bool programs_has_all(const treaty_file *file, const treaty_file *offered) {
  for (size_t i = 0; i < offered->count; i++) {
    const treaty_part *part = &offered->parts[i];
    if (part->only_tests) continue;
    if (!programs_has(file, part) || leaves_shadow(file, part) < file->count) return false;
  }
  return true;
}

static bool has_number(const treaty_file *file, const treaty_held *held) {
  for (size_t i = 0; i < file->count; i++)
    for (size_t k = 0; k < file->parts[i].agreement_count; k++) {
      const treaty_held *other = &file->parts[i].agreements[k];
      if (strcmp(other->name, held->name) == 0 && other->version == held->version) return true;
    }
  return false;
}

/* Something in it has a number of its own; else `why` says that nothing has. */
static bool is_newer(const treaty_file *file, const treaty_part *offered, buffer *why) {
  for (size_t i = 0; i < offered->agreement_count; i++)
    if (!has_number(file, &offered->agreements[i])) return true;
  buffer_print(why,
               "'%s' is not the treaty that the store has, and has no newer version of anything in "
               "it: what governs leads is not changed under them; give what has changed the next "
               "number",
               offered->main_path);
  return false;
}

/* -1: it cannot be taken up; 0: it is there already; 1: it is new. */
static int fit(treaty_file *file, const treaty_part *offered, int64_t clock_ms, buffer *gone,
               buffer *why) {
  bool replaces;
  size_t shaded = leaves_shadow(file, offered);
  if (programs_has(file, offered) && shaded == file->count) return 0;
  if (shaded < file->count) programs_drop(file, shaded, gone);
  for (size_t i = 0; i < file->count; i++) {
    if (!stands_beside(&file->parts[i], offered, clock_ms, &replaces, why)) return -1;
    if (replaces) programs_drop(file, i--, gone);
  }
  return is_newer(file, offered, why) ? 1 : -1;
}

bool programs_take(treaty_file *file, treaty_file *offered, int64_t clock_ms, size_t *count,
                   buffer *gone, buffer *why) {
  *count = 0;
  if (!treaty_file_know(file, why)) return false;
  for (size_t i = 0; i < offered->count; i++) {
    treaty_part *part = &offered->parts[i];
    int fits = part->only_tests ? 0 : fit(file, part, clock_ms, gone, why);
    if (fits < 0) return false;
    if (fits == 0) continue;
    part->taken_ms = clock_ms;
    treaty_file_move(file, offered, i--);
    ++*count;
  }
  return true;
}

/* compile_file.c - how decisions name the files of a treaty: relative to the folder of its main
 * file. Of treaties side by side several may have a file of one name: "desk.treaty" of version 2,
 * where it says otherwise than that of version 1, is "desk.treaty@2". */
#include <string.h>

#include "engine/compile.h"

static const tr_source *source_of(const tr_compile *c, uint32_t file) {
  return &c->program->sources->files.items[file];
}

static uint32_t part_of(const tr_compile *c, uint32_t file) {
  return tr_part_of(c->symbols, (tr_span){.file = file});
}

static const char *plain_name(const tr_compile *c, uint32_t file) {
  const char *path = source_of(c, file)->path, *folder = c->symbols->parts[part_of(c, file)].folder;
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 ? path + length : path;
}

static bool same_bytes(const tr_source *a, const tr_source *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Of the first agreement of the treaty. */
static uint32_t version_of(const tr_compile *c, uint32_t part) {
  const tr_tree *tree = c->symbols->tree;
  for (uint32_t i = 0; i < tree->agreements.count; i++)
    if (tr_part_of(c->symbols, tree->agreements.items[i]->name.span) == part)
      return tree->agreements.items[i]->version;
  return part + 1;
}

/* Whether another file has the name before it. */
static bool is_taken(const tr_compile *c, uint32_t file, const char *name) {
  bool taken = false;
  for (uint32_t before = 0; before < file; before++)
    taken |= strcmp(c->files[before], name) == 0 &&
             !same_bytes(source_of(c, before), source_of(c, file));
  return taken;
}

static const char *own_name(const tr_compile *c, uint32_t file) {
  const char *plain = plain_name(c, file), *name = plain;
  for (uint32_t number = version_of(c, part_of(c, file)); is_taken(c, file, name); number++)
    name = tr_arena_print(c->arena, "%s@%u", plain, number);
  return name;
}

void tr_compile_files(tr_compile *c) {
  uint32_t count = c->program->sources->files.count;
  c->files = TR_NEW_ARRAY(c->arena, const char *, count);
  for (uint32_t i = 0; i < count; i++)
    c->files[i] = c->symbols->part_count > 1 ? own_name(c, i) : plain_name(c, i);
}

const char *tr_compile_file(const tr_compile *c, tr_span span) { return c->files[span.file]; }
